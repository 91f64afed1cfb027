// A training step, or another piece of device work, as a plain value. It can be built, printed and checked
// without a device.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/program/op.h"
#include "kernels/common/tensor.h"

namespace gpu_sweep {

/// Bytes that have been written before a program starts, for example by an upload or by another program.
struct Resident {
  std::string name;
  Tensor tensor;
  std::uint64_t bytes = 0;  ///< size of one replica's tensor
};

struct Program {
  std::string name;
  int replicas = 1;                 ///< R
  std::uint64_t dataset_bytes = 0;  ///< size of the data set's space
  std::uint64_t arena_bytes = 0;    ///< size of the group's space; all programs of a group share one arena
  std::vector<Resident> residents;
  std::vector<Op> ops;

  /// Whether a lane may compute products by code of its own that gives the same bits. The lane then
  /// need not write those gradients of weights that only the update reads.
  bool tuned = false;
};

/// Formats the program: a line with its name and sizes, then one line per operation. Tensors are shown as
/// space+offset(stride)[bytes], without (stride) if Operand::replicas is 1.
std::string to_string(const Program& program);

}  // namespace gpu_sweep
