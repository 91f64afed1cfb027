#include "engine/program/operands.h"

#include <gtest/gtest.h>

namespace gpu_sweep {
namespace {

EvaluateLogits evaluation_of(int rows) {
  EvaluateLogits op;
  op.replicas = 3;
  op.batch = 256;
  op.classes = 10;
  op.leading = 16;
  op.rows = rows;
  op.keep_classes = op.keep_probabilities = true;
  return op;
}

/// An evaluation writes a class and K probabilities for each row of its batch, not of the whole split.
TEST(Cost, OfAnEvaluationIsThatOfOneBatch) {
  const EvaluateLogits op = evaluation_of(10'000);
  EXPECT_EQ(cost(op).bytes, cost(evaluation_of(256)).bytes);

  EvaluateLogits without = op;
  without.keep_probabilities = false;
  EXPECT_EQ(cost(op).bytes - cost(without).bytes, 3u * 256 * 10 * 2);
}

}  // namespace
}  // namespace gpu_sweep
