// A network must be able to memorize ten images; otherwise training does not work at all.
#include <gtest/gtest.h>

#include "tests/support/small_group.h"
#include "tests/train/group_of_runs.h"

namespace gpu_sweep::test {
namespace {

class OverfitTest : public testing::TestWithParam<Activation> {};

TEST_P(OverfitTest, MemorizesTenImages_Seed1) {
  const Dataset dataset = synthetic_dataset(10, 4, 4);
  RunSpec run;
  run.seed = 1;
  run.model.hidden = {32, 16};
  run.model.activation = GetParam();
  run.model.dropout = 0;
  run.model.batch_size = 5;
  run.model.epochs = 300;
  run.model.optimizer.learning_rate = 0.01;
  const Trained trained = train_group(dataset, group_of_runs(dataset, {run}, 1));

  const RunRecord& record = trained.records[0];
  EXPECT_LT(record[Split::kTrain].loss, 0.01);
  EXPECT_EQ(record[Split::kTrain].accuracy, 1.0);
  EXPECT_GT(record.history[0].loss, 1.0) << "the untrained network must not know them already";
}

INSTANTIATE_TEST_SUITE_P(Activations, OverfitTest, testing::ValuesIn(kActivations),
                         [](const auto& test) { return std::string(to_string(test.param)); });

}  // namespace
}  // namespace gpu_sweep::test
