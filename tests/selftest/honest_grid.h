// The check of a device before a sweep, on honest variants of a device (honest_products.h) and many shapes.
#pragma once

#include <vector>

#include "engine/selftest/device_check.h"
#include "engine/selftest/subject.h"
#include "tests/selftest/honest_products.h"

namespace gpu_sweep::test {

inline constexpr Precision kPrecisions[] = {Precision::kFp32, Precision::kTf32, Precision::kBf16};

/// Returns images of 12 x 12, 120 of them for training.
const Dataset& small_images();

struct Shape {
  std::vector<int> hidden;
  Activation activation;
  OptimizerKind optimizer;
  int batch = 16;
  int replicas = 5;
  bool settings = false;  ///< whether the settings of add_settings are used
};

GroupSpec group_of(const Dataset& dataset, const Shape& shape, Precision precision);

/// Returns the result of check_device for a device that computes its matrix products as `variant` says.
DeviceCheck check(const Dataset& dataset, const Shape& shape, Precision precision,
                  const HonestVariant& variant);

/// Returns the largest quotient of a margin's value and its bound. Margins without a bound do not count.
double worst(const std::vector<Margin>& margins);

/// Expects check_device to pass for groups with every optimizer, activation and precision and with 1 to 5
/// hidden layers. Each group is checked with as many of kHonestVariants as `variants` says, chosen in
/// rotation.
void expect_honest_variants_pass(std::size_t variants);

}  // namespace gpu_sweep::test
