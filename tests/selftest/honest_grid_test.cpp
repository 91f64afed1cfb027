// The check before a sweep accepts every honest variant of a device with each of many shapes.
#include "tests/selftest/honest_grid.h"

#include <gtest/gtest.h>

namespace gpu_sweep::test {

TEST(DeviceCheckGrid, BelievesEveryHonestVariantOfEveryShape) {
  expect_honest_variants_pass(std::size(kHonestVariants));
}

}  // namespace gpu_sweep::test
