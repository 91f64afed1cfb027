// After a merge, the shards of an experiment equal the experiment trained as a whole.
#include "tests/end_to_end/study_fixture.h"

namespace gpu_sweep::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;

class Shards : public Study {
 protected:
  Outcome shard(const std::string& which) { return gpu_sweep({"run", "study.toml", "--shard", which}); }

  Outcome merge(std::vector<std::string> shards) {
    shards.insert(shards.begin(), {"merge", "whole"});
    return Program(directory_.path(), std::move(shards)).wait();
  }

  void export_npz(const std::string& directory) {
    const Outcome outcome =
        Program(directory_.path(), {"export", directory, "--format", "npz", "--to", directory + ".npz"})
            .wait();
    EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  }

  /// Expects the results in "whole" to equal those in "at_once" byte for byte.
  void expect_whole() {
    EXPECT_EQ(gpu_sweep({"run", "study.toml", "--out", "at_once"}).exit_code, 0);
    EXPECT_EQ(metrics_text("whole"), metrics_text("at_once"));
    export_npz("whole");
    export_npz("at_once");
    const std::set<std::string> files = names_in(directory_ / "at_once.npz");
    EXPECT_EQ(names_in(directory_ / "whole.npz"), files);
    EXPECT_GE(files.size(), 2U);
    for (const std::string& name : files) {
      EXPECT_EQ(read("whole.npz/" + name), read("at_once.npz/" + name)) << name;
    }
  }
};

TEST_F(Shards, ThreeMergedAreTheExperimentAtOnce) {
  for (const char* which : {"2/3", "3/3", "1/3"}) EXPECT_EQ(shard(which).exit_code, 0);
  const Outcome merged =
      merge({"results/study.shard-1-of-3", "results/study.shard-2-of-3", "results/study.shard-3-of-3"});
  EXPECT_EQ(merged.exit_code, 0) << merged.err;
  EXPECT_THAT(merged.err, HasSubstr("whole: 6 runs added, 0 were there"));
  expect_whole();
  EXPECT_EQ(merged.out, gpu_sweep({"run", "study.toml", "--out", "at_once"}).out);
  EXPECT_EQ(listing().count("whole/report.html"), 1U);
}

TEST_F(Shards, MissingRunsAreNamedAndTrainedByRun) {
  shard("1/3");
  shard("3/3");
  const Outcome merged = merge({"results/study.shard-1-of-3", "results/study.shard-3-of-3"});
  EXPECT_EQ(merged.exit_code, 0) << merged.err;
  EXPECT_THAT(merged.err, AllOf(HasSubstr("missing: 'wide': seed 6"), HasSubstr("2 runs are missing"),
                                HasSubstr("--out whole")));
  EXPECT_THAT(merged.out, HasSubstr("4 of 6 runs are here"));
  EXPECT_EQ(listing().count("whole/summary.json"), 0U);
  EXPECT_THAT(gpu_sweep({"run", "study.toml", "--out", "whole"}).err, HasSubstr("4 of 6 runs are there"));
  expect_whole();
}

TEST_F(Shards, AShardSaysThatItIsPartial) {
  const Outcome outcome = shard("2/3");
  EXPECT_THAT(outcome.err, HasSubstr("results/study.shard-2-of-3: 0 of 2 runs are there, training 2"));
  EXPECT_THAT(outcome.out, HasSubstr("partial: shard 2 of 3, with 2 of all 6 runs"));
  const Outcome show = Program(directory_.path(), {"show", "results/study.shard-2-of-3"}).wait();
  EXPECT_EQ(show.out, outcome.out);
  const auto summary = nlohmann::json::parse(read("results/study.shard-2-of-3/summary.json"));
  EXPECT_EQ(summary["shard"], (nlohmann::json{{"index", 2}, {"count", 3}}));
  EXPECT_THAT(read("results/study.shard-2-of-3/report.html"), HasSubstr("Partial: this is shard 2 of 3"));
  EXPECT_THAT(shard("2/3").err, HasSubstr("all 2 runs are there"));
}

TEST_F(Shards, AShardIsContinuedAsTheShardThatItIs) {
  shard("2/3");
  const std::string directory = "results/study.shard-2-of-3";
  const Outcome whole = gpu_sweep({"run", "study.toml", "--out", directory});
  EXPECT_EQ(whole.exit_code, 2);
  EXPECT_THAT(whole.err, HasSubstr("shard: \"2 of 3\" -> \"none\""));
  const Outcome other = gpu_sweep({"run", "study.toml", "--out", directory, "--shard", "1/3"});
  EXPECT_EQ(other.exit_code, 2);
  EXPECT_THAT(other.err, HasSubstr("shard: \"2 of 3\" -> \"1 of 3\""));
}

TEST_F(Shards, AShardWithoutRunsIsNoFailure) {
  const Outcome outcome = shard("7/7");
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_THAT(outcome.err, HasSubstr("none is left for shard 7 of 7"));
}

TEST_F(Shards, StoresOfTwoExperimentsAreNotMerged) {
  shard("1/2");
  gpu_sweep({"run", "study.toml", "--epochs", "1", "--shard", "2/2"});
  const Outcome merged = merge({"results/study.shard-1-of-2", "results/study.shard-2-of-2"});
  EXPECT_EQ(merged.exit_code, 2);
  EXPECT_THAT(merged.err, HasSubstr("epochs: 2 -> 1"));
  EXPECT_EQ(listing().count("whole"), 0U);
}

}  // namespace
}  // namespace gpu_sweep::test
