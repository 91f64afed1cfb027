#include <gtest/gtest.h>

#include <set>
#include <string>

#include "tests/selftest/lying_lane.h"
#include "tests/support/small_group.h"
#include "tests/train/group_of_runs.h"

namespace gpu_sweep::test {
namespace {

/// Compiling takes time and, on a GPU, memory, so no program may be compiled that never runs.
TEST(Programs, ThatAGroupCompilesAreAllRun) {
  std::set<std::string> compiled, run;
  Lie watch;
  watch.alter = [&](Program& program) { compiled.insert(to_string(program)); };
  watch.afterwards = [&](Lane&, const Program& program, const Buffer&) { run.insert(to_string(program)); };
  LyingLane lane(make_cpu_lane(), watch);
  RunSpec spec;
  spec.model.hidden = {4};
  spec.model.batch_size = 8;
  spec.model.epochs = 1;
  const Dataset dataset = synthetic_dataset(20, 8, 6);
  train_group(lane, dataset, group_of_runs(dataset, {spec}, 1));
  EXPECT_EQ(compiled, run);
}

}  // namespace
}  // namespace gpu_sweep::test
