// What the scheduler hands out of finished runs.
#include "engine/sweep/scheduler.h"

#include <gtest/gtest.h>

#include "tests/support/small_group.h"
#include "tests/train/group_of_runs.h"

namespace gpu_sweep::test {
namespace {

TEST(RunGroups, WeightsLeaveTheDeviceOnlyWhereSomebodyWantsThem) {
  const Dataset dataset = synthetic_dataset(32, 8, 8);
  ModelSpec model;
  model.hidden = {5};
  model.batch_size = 16;
  model.epochs = 1;
  const GroupSpec group = group_of_runs(dataset, {{model, 1, {}}, {model, 2, {}}}, 2);
  const Trained alone = train_group(dataset, group);

  for (const bool wanted : {false, true}) {
    std::vector<Weights> found;
    SweepEvents events;
    events.on_run = [&](const RunRecord&, const Weights& weights) { found.push_back(weights); };
    events.wants_weights = wanted;
    EXPECT_EQ(run_groups({group}, dataset, choose_devices("cpu"), 1, {}, events, {}).runs_done, 2);
    EXPECT_EQ(found, wanted ? alone.weights : std::vector<Weights>(2));
  }
}

}  // namespace
}  // namespace gpu_sweep::test
