// Shards of a sample experiment, and the folder into which they are merged.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <vector>

#include "engine/store/runs/merge_stores.h"
#include "tests/support/error_of.h"
#include "tests/support/expect_same_run.h"
#include "tests/support/sample_runs.h"

namespace gpu_sweep::test {

class SampleShards : public ::testing::Test {
 protected:
  std::filesystem::path path(const std::string& name) const { return directory.path() / name; }
  std::filesystem::path out() const { return path("out"); }

  /// Makes a store of shard `index` of three with the elements of `runs` at `places`. Returns its folder.
  std::filesystem::path shard(int index, const std::vector<std::size_t>& places) {
    provenance.shard = Shard{index, 3};
    std::filesystem::path made = path("shard " + std::to_string(index));
    RunStore store = RunStore::create_or_continue(made, experiment, provenance);
    for (const std::size_t place : places) store.add(runs.at(place));
    store.add_wall_seconds(10);
    return made;
  }

  std::vector<std::filesystem::path> three_shards() {
    return {shard(1, {5, 0}), shard(2, {3, 1}), shard(3, {2, 4})};
  }

  void expect_all_runs() {
    const std::vector<RunRecord> read = RunStore::open(out()).runs();
    ASSERT_EQ(read.size(), runs.size());
    for (std::size_t i = 0; i < runs.size(); ++i) expect_same_bits(runs[i], read[i]);
  }

  std::string refusal(const std::vector<std::filesystem::path>& shards) {
    return error_of(ExitCode::kUsage, [&] { merge_stores(out(), shards); });
  }

  TemporaryDirectory directory;
  Experiment experiment = sample_experiment();
  Provenance provenance = sample_provenance();
  std::vector<RunRecord> runs = sample_runs(experiment);
};

}  // namespace gpu_sweep::test
