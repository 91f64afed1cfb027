// A training step, or any other piece of device work, as a value: it can be built, printed and checked with
// no device.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/program/op.h"
#include "kernels/tensor.h"

namespace gpu_sweep {

/// Bytes that already hold values when a program starts: uploaded before, or left there by another program.
struct Resident {
  std::string name;
  Tensor tensor;
  std::uint64_t bytes = 0;  ///< of one replica's tensor
};

struct Program {
  std::string name;
  int replicas = 1;                 ///< R
  std::uint64_t dataset_bytes = 0;  ///< size of the data set's space
  std::uint64_t arena_bytes = 0;    ///< size of the group's space; all programs of a group share one arena
  std::vector<Resident> residents;
  std::vector<Op> ops;
};

/// One line an operation, tensors as space+offset(stride).
std::string to_string(const Program& program);

}  // namespace gpu_sweep
