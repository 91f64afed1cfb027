// Random draws for the statistics: seeded and counter-based, so that the same runs always give the same
// report.
#pragma once

#include <cstdint>

#include "kernels/common/philox.h"

namespace gpu_sweep {

/// Default number of draws of a resampling method. Together with the observed sample there are 10,000
/// samples, so that p is a multiple of 1e-4.
constexpr int kResamples = 9'999;

/// The resampling seed of all reports. Its value is arbitrary.
constexpr std::uint64_t kResampleSeed = 20'170'828;

/// A sequence of independent random words. Sequences with different (seed, stream) are independent.
class RandomSequence {
 public:
  RandomSequence(std::uint64_t seed, std::uint32_t stream) : seed_(seed), stream_(stream) {}

  std::uint32_t word() {
    if (used_ == 4) {
      block_ = philox_block(seed_, Purpose::kResample, stream_, 0, quad_++);
      used_ = 0;
    }
    return block_.word[used_++];
  }

  /// Returns a uniform number in 0 .. n - 1. Words that would make some numbers more likely than others are
  /// drawn again.
  std::uint32_t below(std::uint32_t n) {
    const std::uint32_t rejected = static_cast<std::uint32_t>(-n) % n;  // 2^32 mod n
    for (;;) {
      const std::uint64_t product = static_cast<std::uint64_t>(word()) * n;
      if (static_cast<std::uint32_t>(product) >= rejected) return static_cast<std::uint32_t>(product >> 32);
    }
  }

 private:
  std::uint64_t seed_;
  std::uint32_t stream_;
  std::uint32_t quad_ = 0;
  PhiloxBlock block_{};
  int used_ = 4;
};

}  // namespace gpu_sweep
