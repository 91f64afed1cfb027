// Where tensors live. A tensor is a place (space, byte offset, replica stride), never a pointer, so that a
// list of operations is a value: it can be built, printed and checked without any device.
//
// Size letters used in every shape of this library: R replicas, B batch rows, I inputs, O outputs, K classes,
// P parameters of one replica (padded), N samples, D features of a sample.
#pragma once

#include <cstddef>
#include <cstdint>

namespace gpu_sweep {

/// The two memories of a lane: the read-only data set, shared by all groups, and the arena of one group of
/// replicas.
enum class Space : std::uint8_t { kDataset, kGroup };

/// Element type of an activation, weight or gradient tensor.
enum class DType : std::uint8_t { kF32, kBf16 };

constexpr std::size_t size_of(DType type) { return type == DType::kF32 ? 4 : 2; }

/// R equal tensors, one a replica. Replica r's starts at `offset + r * replica_stride` bytes into its space.
/// A stride of 0 means that all replicas share one tensor.
struct Tensor {
  Space space = Space::kGroup;
  std::uint64_t offset = 0;
  std::uint64_t replica_stride = 0;

  friend bool operator==(const Tensor&, const Tensor&) = default;
};

/// Base addresses of the two spaces on one device.
struct Memory {
  const std::byte* dataset = nullptr;
  std::byte* group = nullptr;
};

}  // namespace gpu_sweep
