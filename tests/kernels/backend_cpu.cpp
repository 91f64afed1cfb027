#include <cstring>
#include <memory>

#include "kernels/gemm/gemm_onednn.h"
#include "tests/kernels/backend.h"

namespace gpu_sweep::test::backend {
namespace {

struct Executor {
  const Memory& memory;
  void operator()(const Gemm& op) const { cpu::GemmPrimitive(op).execute(memory); }
  template <class Record>
  void operator()(const Record& op) const {
    cpu::execute(op, memory);
  }
};

}  // namespace

std::string name() { return "cpu"; }
std::string missing() { return {}; }
int schedules() { return 2; }
std::size_t most_cases() { return 1000; }

std::uint64_t shuffle_scratch_bytes(int replicas, int rows) {
  return cpu::shuffle_scratch_bytes(replicas, rows);
}

bool multiplies(DType type) { return type == DType::kF32 || cpu::supports_bf16(); }

void run(int /*schedule*/, const std::vector<Op>& ops, std::span<const std::byte> dataset,
         std::span<std::byte> group) {
  const Memory memory = {dataset.data(), group.data()};
  for (const Op& op : ops) std::visit(Executor{memory}, op);
}

}  // namespace gpu_sweep::test::backend
