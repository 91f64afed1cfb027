#include "tests/kernels/arena.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <stdexcept>

#include "tests/kernels/backend.h"
#include "tests/kernels/replica_slice.h"

namespace gpu_sweep::test {
namespace {

constexpr std::size_t kGuard = 64;
constexpr std::byte kGuardByte{0xa5};

std::vector<std::byte> stored(const std::vector<double>& values, DType type) {
  std::vector<std::byte> bytes(values.size() * size_of(type));
  for (std::size_t i = 0; i < values.size(); ++i) {
    const auto bits = std::bit_cast<std::uint32_t>(static_cast<float>(values[i]));
    const bool exact = std::bit_cast<float>(bits) == values[i] && (type == DType::kF32 || bits << 16 == 0);
    if (!exact && values[i] == values[i]) throw std::logic_error("test value is not exact in its type");
    const auto upper = static_cast<std::uint16_t>(bits >> 16);
    std::memcpy(&bytes[i * size_of(type)], type == DType::kF32 ? static_cast<const void*>(&bits) : &upper,
                size_of(type));
  }
  return bytes;
}

int replicas_of(const std::vector<Op>& ops) {
  return std::visit([](const auto& record) { return record.replicas; }, ops.front());
}

}  // namespace

std::size_t Arena::grow(std::size_t bytes, std::size_t alignment) {
  std::size_t at = (group_.size() + kGuard + alignment - 1) / alignment * alignment;
  if (alignment == 16 && at % 32 == 0) at += 16;
  group_.resize(at + bytes, kGuardByte);
  group_.resize(group_.size() + kGuard, kGuardByte);
  return at;
}

Tensor Arena::place(std::span<const std::byte> values, int replicas, bool packed, Use use) {
  const std::size_t bytes = values.size() / replicas;
  const std::size_t stride = packed ? bytes : (bytes + kGuard + 15) / 16 * 16;
  const std::size_t at = grow(stride * replicas, 16);
  for (int r = 0; r < replicas; ++r) {
    std::memcpy(group_.data() + at + stride * r, values.data() + bytes * r, bytes);
  }
  places_[at] = {bytes, stride, replicas, use};
  return {Space::kGroup, at, replicas == 1 ? 0 : stride};
}

Tensor Arena::input(const std::vector<double>& values, DType type, int replicas) {
  return place(stored(values, type), replicas, false, Use::kInput);
}

Tensor Arena::updated(const std::vector<double>& values, DType type, int replicas) {
  return place(stored(values, type), replicas, false, Use::kOutput);
}

Tensor Arena::output(std::size_t elements, DType type, int replicas) {
  return type == DType::kF32 ? output<float>(elements, replicas) : output<std::uint16_t>(elements, replicas);
}

Tensor Arena::scratch(std::size_t bytes) {
  const std::size_t at = grow(bytes, 256);
  places_[at] = {bytes, bytes, 1, Use::kScratch};
  return {Space::kGroup, at, 0};
}

Tensor Arena::place_in_dataset(std::span<const std::byte> bytes) {
  const std::size_t at = dataset_.size() + 16;
  dataset_.resize(at, kGuardByte);
  dataset_.insert(dataset_.end(), bytes.begin(), bytes.end());
  dataset_.resize((dataset_.size() + kGuard + 15) / 16 * 16, kGuardByte);
  return {Space::kDataset, at, 0};
}

std::vector<Arena::Use> Arena::byte_uses() const {
  std::vector<Use> uses(group_.size(), Use::kGuard);
  for (const auto& [offset, at] : places_) {
    for (int r = 0; r < at.replicas; ++r)
      std::fill_n(uses.begin() + offset + at.stride * r, at.bytes, at.use);
  }
  return uses;
}

void Arena::run(const std::vector<Op>& ops) {
  const std::vector<std::byte> before = group_;
  const std::vector<Use> uses = byte_uses();
  for (int schedule = 0; schedule < backend::schedules(); ++schedule) {
    std::vector<std::byte> after = before;
    backend::run(schedule, ops, dataset_, after);
    for (std::size_t i = 0; i < before.size(); ++i) {
      if (uses[i] == Use::kScratch) continue;
      if (uses[i] != Use::kOutput) {
        ASSERT_EQ(after[i], before[i]) << "byte " << i << " is not an output; schedule " << schedule;
      } else if (schedule > 0) {
        ASSERT_EQ(after[i], group_[i]) << "byte " << i << " depends on the schedule: 0 or " << schedule;
      }
    }
    if (schedule == 0) group_ = std::move(after);
  }
  if (const int replicas = replicas_of(ops); replicas > 1) expect_same_alone(ops, before, replicas);
}

void Arena::expect_same_alone(const std::vector<Op>& ops, const std::vector<std::byte>& before,
                              int replicas) const {
  for (int r = 0; r < replicas; ++r) {
    std::vector<Op> alone;
    for (const Op& op : ops) alone.push_back(replica_slice(op, r));
    std::vector<std::byte> after = before;
    backend::run(0, alone, dataset_, after);
    for (const auto& [offset, at] : places_) {
      if (at.use != Use::kOutput) continue;
      const std::size_t begin = offset + (at.replicas == 1 ? 0 : at.stride * r);
      ASSERT_TRUE(std::equal(after.begin() + begin, after.begin() + begin + at.bytes, group_.begin() + begin))
          << "replica " << r << " alone gives different bits in the tensor at " << offset;
    }
  }
}

std::vector<double> Arena::get(const Tensor& tensor, DType type) const {
  std::vector<double> values;
  if (type == DType::kF32) {
    for (const float value : get<float>(tensor)) values.push_back(value);
  } else {
    for (const std::uint16_t upper : get<std::uint16_t>(tensor)) {
      values.push_back(std::bit_cast<float>(static_cast<std::uint32_t>(upper) << 16));
    }
  }
  return values;
}

}  // namespace gpu_sweep::test
