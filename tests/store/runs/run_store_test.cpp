#include "gpu_sweep/run_store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cmath>
#include <cstring>
#include <limits>
#include <nlohmann/json.hpp>
#include <span>
#include <stdexcept>
#include <thread>

#include "engine/store/database/experiment_json.h"
#include "tests/store/runs/run_store_fixture.h"
#include "tests/support/expect_same_run.h"
#include "tests/support/ledger_lines.h"

namespace gpu_sweep {
namespace {

using test::expect_same_bits;
using test::RunStoreTest;
using test::sample_run;
using test::sample_runs;
using ::testing::HasSubstr;

TEST_F(RunStoreTest, RunsAreReadBackBitForBitAndInOrder) {
  const std::vector<RunRecord> runs = sample_runs(experiment);
  {
    RunStore store = open_or_create();
    for (auto run = runs.rbegin(); run != runs.rend(); ++run) store.add(*run);
  }
  const std::vector<RunRecord> read = RunStore::open(out()).runs();
  ASSERT_EQ(read.size(), runs.size());
  for (std::size_t i = 0; i < runs.size(); ++i) expect_same_bits(runs[i], read[i]);
}

TEST_F(RunStoreTest, ResultsOnJudgingRowsAreReadBack) {
  std::vector<RunRecord> runs = sample_runs(experiment);
  runs[0].final[index_of(Split::kJudging)] = {0.25, 0.5};
  runs[0].confusion[index_of(Split::kJudging)] = {2, {1, 2, 3, 4}};
  {
    RunStore store = open_or_create();
    for (const RunRecord& run : runs) store.add(run);
  }
  const std::vector<RunRecord> found = RunStore::open(out()).runs();
  ASSERT_EQ(found.size(), runs.size());
  for (const RunRecord& run : found) {
    const auto expected =
        std::ranges::find_if(runs, [&](const RunRecord& each) { return each.key == run.key; });
    ASSERT_NE(expected, runs.end());
    expect_same_bits(*expected, run);
  }
}

/// If settings make objectives differ from losses, the objectives of runs that an older version trained are
/// unknown, and so NaN.
TEST_F(RunStoreTest, ObjectivesAreReadBackAndThoseOfOlderVersionsAreUnknown) {
  experiment.models[0].label_smoothing = 0.1;
  std::vector<RunRecord> runs = sample_runs(experiment);
  test::add_objective(runs[0]);
  runs[0].objective[1] = std::numeric_limits<double>::quiet_NaN();
  {
    RunStore store = open_or_create();
    for (const RunRecord& run : runs) store.add(run);
  }
  const std::vector<RunRecord> read = RunStore::open(out()).runs();
  ASSERT_EQ(read.size(), runs.size());
  expect_same_bits(runs[0], read[0]);
  ASSERT_EQ(read[1].objective.size(), read[1].history.size());
  for (const double value : read[1].objective) EXPECT_TRUE(std::isnan(value));
  EXPECT_TRUE(read[3].objective.empty()) << "the other model's objective is its loss";
}

TEST_F(RunStoreTest, NotANumberInfinityNegativeZeroAndDenormalsKeepTheirBits) {
  RunRecord run = sample_run(experiment.models[0], 0);
  double strange_nan = 0;
  const std::uint64_t bits = 0xfff8'dead'beef'0001;
  std::memcpy(&strange_nan, &bits, sizeof bits);
  run.final[0] = {strange_nan, -0.0};
  run.final[1] = {std::numeric_limits<double>::infinity(), std::numeric_limits<double>::denorm_min()};
  run.history[1].loss = std::numeric_limits<double>::quiet_NaN();
  run.history[2].loss = 1.0;
  run.diverged_epoch = 1;
  RunStore store = open_or_create();
  store.add(run);
  expect_same_bits(run, store.runs().at(0));
}

TEST_F(RunStoreTest, ExperimentAndProvenanceAreReadBackAsWritten) {
  experiment.seed = 9'007'199'254'740'993;  // not representable as a double
  experiment.models[0].optimizer.learning_rate = 0.1 + 0.2;
  experiment.models[1].shuffle = false;
  open_or_create();
  const StoredExperiment stored = RunStore::open(out()).stored();
  EXPECT_EQ(stored.experiment.name, "sample");
  EXPECT_EQ(stored.experiment.runs, 3);
  EXPECT_EQ(stored.experiment.seed, experiment.seed);
  EXPECT_EQ(stored.experiment.models, experiment.models);
  EXPECT_EQ(stored.provenance.program_version, "1.2.3");
  EXPECT_EQ(stored.provenance.data_sha256, provenance.data_sha256);
  EXPECT_EQ(stored.provenance.class_names, provenance.class_names);
  EXPECT_EQ(stored.provenance.precision, Precision::kFp32);
  EXPECT_TRUE(stored.provenance.test_labels.empty());
}

TEST_F(RunStoreTest, TestLabelsAreReadBackAsWritten) {
  provenance.test_labels = {0, 9, 16, 255};
  open_or_create();
  EXPECT_EQ(RunStore::open(out()).stored().provenance.test_labels, provenance.test_labels);
}

TEST_F(RunStoreTest, AStoreOfAnEarlierVersionGetsTheLabelsWhenItIsContinued) {
  open_or_create().add(sample_run(experiment.models[0], 1));
  EXPECT_TRUE(RunStore::open(out()).stored().provenance.test_labels.empty());
  Provenance earlier = provenance;
  provenance.test_labels = {0, 1, 2};
  open_or_create();
  const RunStore store = RunStore::open(out());
  EXPECT_EQ(store.stored().provenance.test_labels, provenance.test_labels);
  EXPECT_EQ(store.stored().provenance.device_name, earlier.device_name);
  EXPECT_TRUE(store.contains("key-wide-1"));
  provenance = earlier;
  EXPECT_EQ(open_or_create().stored().provenance.test_labels.size(), 3u) << "labels are never removed";
}

TEST_F(RunStoreTest, AStudyThatBoughtSeedsWithoutLabelsGoesOnWithoutThem) {
  experiment.analysis.until_decided = true;
  open_or_create().add(sample_run(experiment.models[0], 1));
  provenance.test_labels = {0, 1, 2};
  EXPECT_TRUE(open_or_create().stored().provenance.test_labels.empty());
}

TEST(ProvenanceJson, LabelsThatAreNoHexDigitsAreRefused) {
  nlohmann::ordered_json json = to_json(test::sample_provenance());
  EXPECT_FALSE(json.contains("test_labels")) << "as in stores of earlier versions";
  for (const char* text : {"0", "0g", "0A"}) {
    json["test_labels"] = text;
    EXPECT_THROW(provenance_from_json(json), std::invalid_argument) << text;
  }
}

TEST_F(RunStoreTest, ContainsWhatWasAddedAlsoAfterReopening) {
  {
    RunStore store = open_or_create();
    store.add(sample_run(experiment.models[0], 1));
    EXPECT_TRUE(store.contains("key-wide-1"));
    EXPECT_FALSE(store.contains("key-wide-0"));
  }
  RunStore store = open_or_create();
  EXPECT_TRUE(store.contains("key-wide-1"));
  EXPECT_FALSE(store.contains("key-wide-0"));
  EXPECT_TRUE(store.damaged().empty());
}

TEST_F(RunStoreTest, AddingARunAgainKeepsTheFirst) {
  RunStore store = open_or_create();
  RunRecord run = sample_run(experiment.models[0], 0);
  store.add(run);
  run.final[0].loss += 1;
  store.add(run);
  ASSERT_EQ(store.runs().size(), 1u);
  EXPECT_NE(store.runs()[0].final[0].loss, run.final[0].loss);
}

TEST_F(RunStoreTest, RunsAddedTogetherAreOneTransaction) {
  experiment.runs = 50;
  const std::vector<RunRecord> runs = sample_runs(experiment);
  const std::span<const RunRecord> group = std::span(runs).first(50);
  RunStore store = open_or_create();
  const auto commits = [this] { return test::ledger_lines(out() / kStoreFile); };
  const int before = commits();
  store.add(group);
  EXPECT_EQ(commits(), before + 1);
  for (const RunRecord& run : runs) EXPECT_EQ(store.contains(run.key), run.model == "wide");
  store.add(group);
  EXPECT_EQ(commits(), before + 1) << "all of them are there already";
  store.add(runs);
  EXPECT_EQ(commits(), before + 2);
  const std::vector<RunRecord> read = store.runs();
  ASSERT_EQ(read.size(), runs.size());
  for (std::size_t i = 0; i < runs.size(); ++i) expect_same_bits(runs[i], read[i]);
}

TEST_F(RunStoreTest, OfTwoRunsOfOneKeyAddedTogetherTheFirstIsKept) {
  std::vector<RunRecord> twice(2, sample_run(experiment.models[0], 0));
  twice[1].final[0].loss += 1;
  RunStore store = open_or_create();
  store.add(twice);
  ASSERT_EQ(store.runs().size(), 1u);
  expect_same_bits(twice[0], store.runs()[0]);
}

TEST_F(RunStoreTest, ModelsEqualButForTheirNamesShareTheirRuns) {
  ModelSpec twin = experiment.models[0];
  twin.name = "twin";
  experiment.models.push_back(twin);
  RunStore store = open_or_create();
  store.add(sample_run(experiment.models[0], 2));
  const std::vector<RunRecord> runs = store.runs();
  ASSERT_EQ(runs.size(), 2u);
  EXPECT_EQ(runs[0].model, "wide");
  EXPECT_EQ(runs[1].model, "twin");
  EXPECT_EQ(runs[0].final, runs[1].final);
}

TEST_F(RunStoreTest, WallTimesAddUp) {
  {
    RunStore store = open_or_create();
    store.add_wall_seconds(1.5);
    EXPECT_EQ(store.stored().wall_seconds, 1.5);
  }
  open_or_create().add_wall_seconds(0.25);
  EXPECT_EQ(RunStore::open(out()).stored().wall_seconds, 1.75);
}

TEST_F(RunStoreTest, AStoreIsReadWhileItIsWritten) {
  RunStore writer = open_or_create();
  writer.add(sample_run(experiment.models[0], 0));
  const RunStore reader = RunStore::open(out());
  writer.add(sample_run(experiment.models[0], 1));
  EXPECT_EQ(reader.runs().size(), 2u);
}

TEST_F(RunStoreTest, ACopyOfTheStoreAloneIsWholeAfterATransactionASecondLater) {
  RunStore writer = open_or_create();
  writer.add(sample_run(experiment.models[0], 0));
  std::this_thread::sleep_for(std::chrono::milliseconds(1100));
  writer.add(sample_run(experiment.models[0], 1));
  const std::filesystem::path copy = directory.path() / "copy";
  std::filesystem::create_directory(copy);
  std::filesystem::copy(out() / "runs.sqlite", copy);
  EXPECT_EQ(RunStore::open(copy).runs().size(), 2u);
}

TEST_F(RunStoreTest, AReaderCannotWrite) {
  open_or_create();
  RunStore reader = RunStore::open(out());
  EXPECT_THROW(reader.add(sample_run(experiment.models[0], 0)), Error);
}

TEST_F(RunStoreTest, OpeningWhereThereIsNoStoreSaysSo) {
  EXPECT_THAT(test::error_of(ExitCode::kUsage, [this] { RunStore::open(directory.path()); }),
              HasSubstr("holds no results"));
}

TEST_F(RunStoreTest, NothingButTheStoreItsLedgerAndItsLockIsLeftBehind) {
  open_or_create().add(sample_run(experiment.models[0], 0));
  EXPECT_EQ(RunStore::open(out()).runs().size(), 1u);
  EXPECT_THAT(test::names_in(out()), ::testing::ElementsAre("lock", "runs.sqlite", "runs.sqlite-ledger"));
}

}  // namespace
}  // namespace gpu_sweep
