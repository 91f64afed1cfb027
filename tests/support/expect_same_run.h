// Equality of runs.
#pragma once

#include <gtest/gtest.h>

#include <cstring>

#include "gpu_sweep/run_record.h"

namespace gpu_sweep::test {

/// Expects all that is in the store, except the wall time, to be equal: `final`, `objective` and `history`
/// bit by bit, so that a NaN equals only a NaN with the same bits, and all else by ==.
inline void expect_same_results(const RunRecord& expected, const RunRecord& actual) {
  EXPECT_EQ(expected.model, actual.model);
  EXPECT_EQ(expected.seed, actual.seed);
  EXPECT_EQ(expected.key, actual.key);
  EXPECT_EQ(expected.diverged_epoch, actual.diverged_epoch);
  EXPECT_EQ(expected.confusion, actual.confusion);
  EXPECT_EQ(expected.test_predictions, actual.test_predictions);
  EXPECT_EQ(0, std::memcmp(&expected.final, &actual.final, sizeof expected.final));
  ASSERT_EQ(expected.objective.size(), actual.objective.size());
  if (!expected.objective.empty()) {
    EXPECT_EQ(0, std::memcmp(expected.objective.data(), actual.objective.data(),
                             expected.objective.size() * sizeof(double)));
  }
  ASSERT_EQ(expected.history.size(), actual.history.size());
  for (std::size_t i = 0; i < expected.history.size(); ++i) {
    EXPECT_EQ(0, std::memcmp(&expected.history[i], &actual.history[i], sizeof(EpochMetrics)))
        << "epoch " << i;
  }
}

/// Like expect_same_results, but also expects equal bits of the wall time.
inline void expect_same_bits(const RunRecord& expected, const RunRecord& actual) {
  expect_same_results(expected, actual);
  EXPECT_EQ(0, std::memcmp(&expected.train_seconds, &actual.train_seconds, sizeof(double)));
}

}  // namespace gpu_sweep::test
