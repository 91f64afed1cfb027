// A store in a folder that other processes or a full disk keep from being written.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <vector>

#include "engine/store/run_store.h"
#include "tests/support/expect_same_run.h"
#include "tests/support/sample_runs.h"

namespace gpu_sweep::test {

class RunStoreFaults : public ::testing::Test {
 protected:
  RunStore continued() const { return RunStore::create_or_continue(out, experiment, sample_provenance()); }

  void expect_complete(const RunStore& store) const {
    const std::vector<RunRecord> read = store.runs();
    ASSERT_EQ(read.size(), runs.size());
    for (std::size_t i = 0; i < runs.size(); ++i) expect_same_bits(runs[i], read[i]);
  }

  TemporaryDirectory directory;
  std::filesystem::path out = directory.path() / "out";
  Experiment experiment = sample_experiment();
  std::vector<RunRecord> runs = sample_runs(experiment, 3000);
};

}  // namespace gpu_sweep::test
