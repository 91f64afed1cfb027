// A program bound to its memory on the CPU: one callable per operation.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "engine/lane/lane.h"
#include "engine/lane/profile.h"
#include "engine/program/program.h"

namespace gpu_sweep {

/// A program whose oneDNN primitives and scratch memory are all created in the constructor, so that
/// running it creates neither. Two threads must not run the same program at the same time.
class CpuProgram : public CompiledProgram::Holder {
 public:
  /// If `profile` is set, it receives the times of all executions when the program is destroyed.
  CpuProgram(const Program& program, const Memory& memory, int repeats, std::shared_ptr<Profile> profile);
  ~CpuProgram() override;

  void run();

 private:
  void run_profiled();

  std::vector<std::function<void()>> steps_;
  std::vector<std::size_t> fused_;  // indices of the products that the FusedUpdate computes
  int repeats_;
  std::shared_ptr<Profile> profile_;
  std::vector<Op> ops_;        // the program's operations, only when profiled
  std::vector<OpTime> times_;  // one per operation, only when profiled
};

}  // namespace gpu_sweep
