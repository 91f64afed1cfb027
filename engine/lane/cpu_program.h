// A program bound to its memory on the CPU: one callable an operation.
#pragma once

#include <functional>
#include <vector>

#include "engine/program/program.h"

namespace gpu_sweep {

/// Binding makes every oneDNN primitive, so that running allocates nothing. Not to be run by two threads at
/// once.
class CpuProgram {
 public:
  CpuProgram(const Program& program, const Memory& memory, int repeats);

  void run() const;

 private:
  std::vector<std::function<void()>> steps_;
  int repeats_;
};

}  // namespace gpu_sweep
