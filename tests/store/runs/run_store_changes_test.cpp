// What may change in an experiment between two commands on one store.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>

#include "tests/store/runs/run_store_fixture.h"
#include "tests/support/files.h"

namespace gpu_sweep {
namespace {

using test::RunStoreTest;
using test::sample_experiment;
using test::sample_provenance;
using test::sample_run;
using test::sample_runs;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

TEST_F(RunStoreTest, MoreRunsAndMoreModelsContinue) {
  open_or_create().add(sample_run(experiment.models[0], 0));
  experiment.runs = 10;
  ModelSpec model = experiment.models[0];
  model.name = "another";
  model.hidden = {4};
  experiment.models.insert(experiment.models.begin(), model);
  RunStore store = open_or_create();
  EXPECT_TRUE(store.contains("key-wide-0"));
  const StoredExperiment stored = RunStore::open(out()).stored();
  EXPECT_EQ(stored.experiment.runs, 10);
  EXPECT_EQ(stored.experiment.models, experiment.models);
}

TEST_F(RunStoreTest, FewerRunsAreRefused) {
  open_or_create();
  experiment.runs = 2;
  EXPECT_THAT(refusal(),
              AllOf(HasSubstr("runs: 3 -> 2"), HasSubstr("sample/runs.sqlite"), Not(HasSubstr("\n"))));
}

TEST_F(RunStoreTest, BuyingUntilDecidedMayBeginLaterAndNeverEnds) {
  EXPECT_FALSE(open_or_create().stored().experiment.analysis.until_decided);
  open_or_create().add(sample_run(experiment.models[0], 0));
  experiment.analysis.until_decided = true;
  experiment.runs = 10;
  {
    const RunStore store = open_or_create();
    EXPECT_TRUE(store.stored().experiment.analysis.until_decided);
    EXPECT_THAT(store.remarks(), testing::ElementsAre(HasSubstr("which cannot be undone")));
  }
  EXPECT_THAT(open_or_create().remarks(), testing::IsEmpty()) << "said once";
  EXPECT_TRUE(RunStore::open(out()).stored().experiment.analysis.until_decided);
  experiment.analysis.until_decided = false;
  EXPECT_THAT(refusal(), AllOf(HasSubstr("--until-decided: given -> not given"), Not(HasSubstr("\n"))));
  experiment.analysis.until_decided = experiment.analysis.race = true;
  EXPECT_THAT(refusal(), HasSubstr("--race: not given -> given (its runs were bought by --until-decided)"));
}

TEST_F(RunStoreTest, RaisingTheRunsOfResultsThatCouldTellIsALook) {
  experiment.runs = 2;
  open_or_create().add(sample_run(experiment.models[0], 0));
  const auto raised_to = [&](int runs, bool could_tell) {
    experiment.runs = runs;
    StoreOptions options;
    options.is_look = [&](const Experiment& complete) { return could_tell && complete.runs < runs; };
    RunStore store = RunStore::create_or_continue(out(), experiment, provenance, options);
    store.add(sample_runs(experiment));
    return RunStore::open(out()).stored().experiment.analysis.looks;
  };
  EXPECT_THAT(raised_to(3, true), testing::ElementsAre()) << "the results were not complete";
  EXPECT_THAT(raised_to(4, false), testing::ElementsAre()) << "they could not tell anything";
  EXPECT_THAT(raised_to(5, true), testing::ElementsAre(4));
  EXPECT_THAT(raised_to(5, true), testing::ElementsAre(4)) << "the same command again";
  EXPECT_THAT(raised_to(7, true), testing::ElementsAre(4, 5));
}

TEST_F(RunStoreTest, EveryOtherChangeIsRefusedWithOldAndNewValue) {
  open_or_create();
  const auto refused = [this](auto change) {
    experiment = sample_experiment();
    provenance = sample_provenance();
    change();
    return refusal();
  };
  EXPECT_THAT(refused([&] { experiment.seed = 7; }), HasSubstr("seed: 0 -> 7"));
  EXPECT_THAT(refused([&] { experiment.name = "other"; }), HasSubstr(R"(name: "sample" -> "other")"));
  EXPECT_THAT(refused([&] { experiment.models[0].dropout = 0.5; }),
              AllOf(HasSubstr("dropout: 0.2 -> 0.5"), HasSubstr("wide"), Not(HasSubstr("deep"))));
  EXPECT_THAT(refused([&] { experiment.models[0].hidden = {16, 4}; }), HasSubstr("hidden: [16] -> [16,4]"));
  EXPECT_THAT(refused([&] { experiment.models[1].optimizer.momentum = 0.9; }),
              HasSubstr("optimizer.momentum: 0.0 -> 0.9"));
  EXPECT_THAT(
      refused([&] { experiment.models[0].optimizer.kind = OptimizerKind::kRmsProp; }),
      AllOf(HasSubstr(R"(optimizer.name: "adam" -> "rmsprop")"), HasSubstr("optimizer.rho: none -> 0.9")));
  EXPECT_THAT(refused([&] { experiment.models.pop_back(); }), AllOf(HasSubstr("removed"), HasSubstr("deep")));
  EXPECT_THAT(refused([&] { provenance.precision = Precision::kBf16; }),
              HasSubstr(R"(precision: "fp32" -> "bf16")"));
  EXPECT_THAT(refused([&] { provenance.device_kind = "cuda"; }),
              HasSubstr(R"(device_kind: "cpu" -> "cuda")"));
  EXPECT_THAT(refused([&] { provenance.numerics = "library 1 AVX2"; }),
              HasSubstr(R"(numerics: "library 1 AVX512" -> "library 1 AVX2")"));
  EXPECT_THAT(refused([&] { provenance.data_sha256[3] = "ee"; }),
              HasSubstr(R"(data.test_labels: "dd" -> "ee")"));
}

TEST_F(RunStoreTest, AChangeOfAllModelsIsNamedOnce) {
  open_or_create();
  for (ModelSpec& model : experiment.models) model.epochs = 5;
  EXPECT_THAT(refusal(), HasSubstr("epochs: 3 -> 5 (of 2 models)"));
}

TEST_F(RunStoreTest, AChangeByMergingOptimizerTablesSaysSo) {
  open_or_create();
  const OptimizerSpec stored = experiment.models[0].optimizer;
  for (ModelSpec& model : experiment.models) model.optimizer.learning_rate = 0.05;
  experiment.unmerged_optimizers = {{"wide", stored}};
  EXPECT_THAT(refusal(), AllOf(HasSubstr("optimizer.learning_rate: 0.001 -> 0.05 (of \"wide\"; naming an "
                                         "optimizer used to drop the values above it"),
                               HasSubstr("optimizer.learning_rate: 0.01 -> 0.05 (of \"deep\")")));
  experiment.unmerged_optimizers["wide"].beta1 = 0.1;  // no version has ever read the experiment this way
  EXPECT_THAT(refusal(), HasSubstr("0.001 -> 0.05 (of \"wide\")"));
}

TEST_F(RunStoreTest, ARefusalChangesNothing) {
  open_or_create().add(sample_run(experiment.models[0], 0));
  experiment.seed = 7;
  experiment.runs = 50;
  refusal();
  const RunStore store = RunStore::open(out());
  EXPECT_EQ(store.stored().experiment.seed, 0u);
  EXPECT_EQ(store.stored().experiment.runs, 3);
  EXPECT_TRUE(store.contains("key-wide-0"));
}

TEST_F(RunStoreTest, WhatResultsDoNotDependOnMayChange) {
  open_or_create();
  experiment.models[0].optimizer.momentum = 0.9;  // Adam has none
  provenance.device_name = "another CPU";
  provenance.data_directory = "elsewhere";
  provenance.program_version = "9";
  const RunStore store = open_or_create();
  EXPECT_EQ(store.stored().provenance.device_name, "a CPU");
}

TEST_F(RunStoreTest, AStoreOfUnknownNumericsMayBeContinued) {
  provenance.numerics = "";
  open_or_create();
  provenance.numerics = "library 1 AVX2";
  EXPECT_EQ(open_or_create().stored().provenance.numerics, "");
}

TEST_F(RunStoreTest, OfOtherNumericsIsOpenedWhereAllRunsAreThereAndTakesNoMore) {
  {
    RunStore store = open_or_create();
    for (const RunRecord& run : sample_runs(experiment)) store.add(run);
    EXPECT_EQ(store.other_numerics(), "");
  }
  const std::string before = test::read_file(out() / "runs.sqlite");
  provenance.numerics = "library 2";
  provenance.numerics_version = kNumericsVersion + 1;
  StoreOptions options;
  for (const RunRecord& run : sample_runs(experiment)) {
    options.runs.push_back({"other-" + run.key, run.model, run.seed});  // keys contain the numerics version
  }
  {
    RunStore store = RunStore::create_or_continue(out(), experiment, provenance, options);
    EXPECT_EQ(store.other_numerics(),
              R"(numerics: "library 1 AVX512" -> "library 2"; numerics_version: 1 -> 2)");
    EXPECT_EQ(store.runs().size(), 6u);
    EXPECT_TRUE(store.contains("key-wide-2"));
    EXPECT_TRUE(store.contains("other-key-wide-2"));
    RunRecord more = sample_run(experiment.models[0], 3);
    EXPECT_THROW(store.add(more), std::logic_error);
    EXPECT_EQ(store.stored().provenance.numerics, "library 1 AVX512");
    EXPECT_EQ(store.stored().provenance.numerics_version, 1);
  }
  experiment.runs = 4;
  options.runs.push_back({"other-key-wide-3", "wide", 3});
  EXPECT_THAT(test::error_of(ExitCode::kUsage,
                             [&] { RunStore::create_or_continue(out(), experiment, provenance, options); }),
              AllOf(HasSubstr("numerics_version: 1 -> 2 (results of other numerics differ in their bits"),
                    Not(HasSubstr("runs: "))));
  EXPECT_TRUE(test::read_file(out() / "runs.sqlite") == before);
}

TEST_F(RunStoreTest, OfOtherNumericsAndAnotherExperimentIsRefusedWithBoth) {
  open_or_create().add(sample_runs(experiment));
  provenance.numerics = "library 2";
  experiment.models[0].dropout = 0.5;
  StoreOptions options;
  for (const RunRecord& run : sample_runs(experiment)) options.runs.push_back({run.key, run.model, run.seed});
  EXPECT_THAT(test::error_of(ExitCode::kUsage,
                             [&] { RunStore::create_or_continue(out(), experiment, provenance, options); }),
              AllOf(HasSubstr("dropout: 0.2 -> 0.5"), HasSubstr("\"library 1 AVX512\" -> \"library 2\"")));
}

}  // namespace
}  // namespace gpu_sweep
