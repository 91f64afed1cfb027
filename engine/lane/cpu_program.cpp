#include "engine/lane/cpu_program.h"

#include <memory>

#include "kernels/gemm_onednn.h"

namespace gpu_sweep {
namespace {

/// The CPU back end as an overload set over the records: an operation without CPU code does not compile.
struct Bind {
  const Memory& memory;

  template <class Record>
  std::function<void()> operator()(const Record& op) const {
    return [op, m = memory] { cpu::execute(op, m); };
  }

  std::function<void()> operator()(const Gemm& op) const {
    auto primitive = std::make_shared<cpu::GemmPrimitive>(op);
    return [primitive, m = memory] { primitive->execute(m); };
  }
};

}  // namespace

CpuProgram::CpuProgram(const Program& program, const Memory& memory, int repeats) : repeats_(repeats) {
  for (const Op& op : program.ops) steps_.push_back(std::visit(Bind{memory}, op));
}

void CpuProgram::run() const {
  for (int i = 0; i < repeats_; ++i) {
    for (const auto& step : steps_) step();
  }
}

}  // namespace gpu_sweep
