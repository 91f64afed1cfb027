// The device memory of one kernel test: the operands that the test adds, with guard zones around them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "engine/program/op.h"
#include "kernels/common/step_state.h"

namespace gpu_sweep::test {

/// The arena has two spaces: the data set (Space::kDataset) and the group (Space::kGroup). Tensors of the
/// group start at odd multiples of 16 bytes, except for scratch memory, because operations may rely on an
/// alignment of 16 bytes only (Operand::alignment). There are guard zones before and after each tensor and
/// between its replicas, but not between state records or metrics of replicas, which lie side by side as on a
/// lane. Bytes of the group must stay unchanged, unless they belong to an updated operand, to an output or to
/// scratch memory.
class Arena {
 public:
  /// Adds an operand [replicas, n] that the operation only reads.
  template <class T>
  Tensor input(const std::vector<T>& values, int replicas = 1) {
    return place(std::as_bytes(std::span(values)), replicas, sizeof(T) > 8, Use::kInput);
  }

  /// Adds an operand [replicas, n] that the operation may change.
  template <class T>
  Tensor updated(const std::vector<T>& values, int replicas = 1) {
    return place(std::as_bytes(std::span(values)), replicas, sizeof(T) > 8, Use::kOutput);
  }

  /// Adds an operand [replicas, elements] that the operation writes. All its bytes are 0xff at first, which
  /// is NaN in the types of real numbers.
  template <class T>
  Tensor output(std::size_t elements, int replicas = 1) {
    const std::vector<std::byte> poison(elements * replicas * sizeof(T), std::byte{0xff});
    return place(poison, replicas, false, Use::kOutput);
  }

  /// These three functions add operands of real numbers that are stored as `type`. The type must be able to
  /// represent the numbers exactly.
  Tensor input(const std::vector<double>& values, DType type, int replicas);
  Tensor updated(const std::vector<double>& values, DType type, int replicas);
  Tensor output(std::size_t elements, DType type, int replicas);

  /// Adds scratch memory of `bytes` bytes, aligned to 256 bytes. Its contents are not checked.
  Tensor scratch(std::size_t bytes);

  /// Adds a tensor of the read-only data set.
  template <class T>
  Tensor dataset(const std::vector<T>& values) {
    return place_in_dataset(std::as_bytes(std::span(values)));
  }

  /// Runs the operations under every schedule of the backend, each time from the same initial memory, and
  /// keeps the result. The test fails if two schedules give different bits, if a byte changes that no
  /// operation may write, or if a replica gives different bits alone than together with the other replicas.
  void run(const std::vector<Op>& ops);

  /// Returns the current values of a tensor of the group, for all replicas.
  template <class T>
  std::vector<T> get(const Tensor& tensor) const {
    const Place& at = places_.at(tensor.offset);
    std::vector<T> values(at.bytes / sizeof(T) * static_cast<std::size_t>(at.replicas));
    for (int r = 0; r < at.replicas; ++r) {
      std::memcpy(reinterpret_cast<std::byte*>(values.data()) + at.bytes * r,
                  group_.data() + tensor.offset + tensor.replica_stride * r, at.bytes);
    }
    return values;
  }
  std::vector<double> get(const Tensor& tensor, DType type) const;

 private:
  Tensor place_in_dataset(std::span<const std::byte> bytes);
  enum class Use : std::uint8_t { kGuard, kInput, kOutput, kScratch };
  struct Place {
    std::size_t bytes = 0;  // per replica
    std::size_t stride = 0;
    int replicas = 1;
    Use use = Use::kInput;
  };

  Tensor place(std::span<const std::byte> values, int replicas, bool packed, Use use);
  std::size_t grow(std::size_t bytes, std::size_t alignment);
  std::vector<Use> byte_uses() const;
  void expect_same_alone(const std::vector<Op>& ops, const std::vector<std::byte>& before,
                         int replicas) const;

  std::vector<std::byte> dataset_;
  std::vector<std::byte> group_;
  std::map<std::uint64_t, Place> places_;  // by offset
};

}  // namespace gpu_sweep::test
