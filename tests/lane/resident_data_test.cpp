#include "engine/lane/resident_data.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "engine/lane/cpu/lane.h"
#include "tests/support/error_of.h"
#include "tests/support/small_group.h"

namespace gpu_sweep {
namespace {

TEST(ResidentData, IsThePackedDataSet) {
  const Dataset bytes = test::synthetic_dataset(20, 8, 6);
  for (const Dataset& dataset : {bytes, with_float_inputs(bytes)}) {
    const auto lane = make_cpu_lane();
    const DatasetLayout layout = dataset_layout(dataset);
    const Buffer buffer = resident_dataset(*lane, dataset, layout);
    std::vector<std::byte> found(layout.bytes);
    lane->download(buffer, 0, found);
    EXPECT_EQ(found, pack(dataset, layout));
    EXPECT_GE(layout.bytes, (dataset.inputs.type == InputType::kU8 ? 1u : 4u) * 34 * 36);
  }
}

TEST(ResidentData, SaysHowManyRowsWouldFit) {
  DatasetLayout layout = test::layout_of_sizes(1000, 10, 50, 5, 5);
  layout.bytes = std::uint64_t{1} << 60;
  const auto lane = make_cpu_lane();
  EXPECT_THAT(
      test::error_of(ExitCode::kDevice, [&] { allocate_dataset(*lane, layout); }),
      testing::MatchesRegex("out of memory on cpu: 1152921504606846976 bytes asked for, .* free.*: the data "
                            "set has 60 rows of 1000 uint8 values, of which about [0-9]+ would fit"));
}

}  // namespace
}  // namespace gpu_sweep
