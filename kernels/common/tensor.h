// Locations of tensors. A tensor is described by a location (space, byte offset, replica stride), not by a
// pointer. A list of operations is therefore a plain value, which can be built, printed and checked without
// any device.
//
// Letters for sizes in the shapes of this library: R replicas, B rows of a batch, I inputs, O outputs, K
// classes, P parameters of one replica (padded), N samples, D features of a sample.
#pragma once

#include <cstddef>
#include <cstdint>

namespace gpu_sweep {

/// The two memories that operations access: the read-only data set, which all groups share, and the arena of
/// one group of replicas.
enum class Space : std::uint8_t { kDataset, kGroup };

/// Element type of an activation, weight or gradient tensor.
enum class DType : std::uint8_t { kF32, kBf16 };

constexpr std::size_t size_of(DType type) { return type == DType::kF32 ? 4 : 2; }

/// R tensors of the same shape, one per replica. The tensor of replica r starts `offset + r * replica_stride`
/// bytes into the space. If the stride is 0, all replicas share one tensor.
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
