// Tests that hold for every kind of lane: the CPU, the stand-in for a card, and a card.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "gpu_sweep/device.h"

namespace gpu_sweep::test {

/// Kinds of device, as --device names them.
inline constexpr const char* kLaneKinds[] = {"cpu", "simt", "cuda"};

/// A test on one kind of device. If there is no such device, the test is skipped with a message. The name of
/// a test on a card must contain "/cuda", either at its end or before an underscore, because ctest gives it
/// its label by this part of the name (cmake/Testing.cmake).
template <class Param>
class LaneTest : public testing::TestWithParam<Param> {
 protected:
  explicit LaneTest(std::string kind)
      : kind_(std::move(kind)), backend_(kind_ == "cpu" ? cpu_backend() : load_backend(kind_)) {}

  void SetUp() override {
    if (backend_.devices.empty()) GTEST_SKIP() << "NOT TESTED on " << kind_ << ": " << backend_.why;
  }

  std::unique_ptr<Lane> make_lane(const LaneOptions& options = {}) const {
    return backend_.make_lane(0, options);
  }

  /// Returns whether the bits of a replica are independent of the other replicas. With cuBLAS they may depend
  /// on the number of replicas, because cuBLAS may choose another algorithm for another number.
  bool company_is_exact() const { return kind_ != "cuda"; }

  const std::string kind_;
  const Backend backend_;
};

}  // namespace gpu_sweep::test
