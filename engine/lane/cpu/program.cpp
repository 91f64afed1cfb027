#include "engine/lane/cpu/program.h"

#include <algorithm>
#include <chrono>
#include <memory>

#include "engine/lane/cpu/fused_update.h"
#include "engine/program/operands.h"
#include "kernels/gemm/gemm_onednn.h"

namespace gpu_sweep {
namespace {

/// Binds an operation to its CPU code: cpu::execute for its record, or a oneDNN primitive for Gemm. An
/// operation without CPU code does not compile.
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

CpuProgram::CpuProgram(const Program& program, const Memory& memory, int repeats,
                       std::shared_ptr<Profile> profile)
    : repeats_(repeats), profile_(std::move(profile)) {
  const std::shared_ptr<FusedUpdate> update = program.tuned ? fuse_update(program) : nullptr;
  for (std::size_t i = 0; i < program.ops.size(); ++i) {
    if (update && update->computes(i)) {
      fused_.push_back(i);
      steps_.push_back([] {});
    } else if (update && update->place() == i) {
      steps_.push_back([update, memory] { update->execute(memory); });
    } else {
      steps_.push_back(std::visit(Bind{memory}, program.ops[i]));
    }
  }
  if (profile_) {
    ops_ = program.ops;
    times_.resize(ops_.size());
  }
}

CpuProgram::~CpuProgram() {
  for (std::size_t i = 0; i < times_.size(); ++i) {
    if (times_[i].calls == 0) continue;
    const bool with_products = !fused_.empty() && std::holds_alternative<Update>(ops_[i]);
    OpCost each = cost(ops_[i]);
    if (with_products) {
      for (const std::size_t product : fused_) each.flops += cost(ops_[product]).flops;
    }
    times_[i].flops = each.flops * static_cast<double>(times_[i].calls);
    times_[i].bytes = static_cast<double>(each.bytes) * static_cast<double>(times_[i].calls);
    profile_->add(profile_label(ops_[i]) + (with_products ? " and its gradients" : ""), times_[i]);
  }
}

void CpuProgram::run() {
  for (int i = 0; i < repeats_; ++i) {
    if (profile_) {
      run_profiled();
    } else {
      for (const auto& step : steps_) step();
    }
  }
}

void CpuProgram::run_profiled() {
  using Clock = std::chrono::steady_clock;
  Clock::time_point start = Clock::now();
  for (std::size_t i = 0; i < steps_.size(); ++i) {
    if (std::ranges::find(fused_, i) != fused_.end()) continue;
    steps_[i]();
    const Clock::time_point end = Clock::now();
    times_[i].seconds += std::chrono::duration<double>(end - start).count();
    ++times_[i].calls;
    start = end;
  }
}

}  // namespace gpu_sweep
