// Every key of a model is read, stored, shown, exported and documented, and is part of a run's identity.
#include "engine/experiment/model_keys.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "engine/experiment/varied_sources.h"
#include "engine/report/export/csv.h"
#include "engine/report/text/settings_table.h"
#include "engine/store/database/experiment_json.h"
#include "gpu_sweep/experiment.h"
#include "gpu_sweep/run_key.h"
#include "tests/support/small_dataset.h"

namespace gpu_sweep {
namespace {

using testing::HasSubstr;

/// Each overload of change replaces a value by another valid value.
void change(std::vector<int>& hidden) { hidden.push_back(3); }
void change(Activation& activation) { activation = Activation::kTanh; }
void change(double& value) { value = value / 2 + 0.05; }
void change(OptimizerSpec& optimizer) { optimizer = OptimizerSpec::with_defaults(OptimizerKind::kSgd); }
void change(EarlyStoppingSpec& stopping) { stopping.monitor = Monitor::kValidationLoss; }
void change(ClassWeights& weights) { weights.values = {1, 2.5}; }
void change(VariedSources& sources) { sources.order = false; }
void change(ScheduleSpec& schedule) {
  schedule = ScheduleSpec::with_defaults(ScheduleKind::kReduceOnPlateau);
  schedule.monitor = Monitor::kValidationAccuracy;
  schedule.patience = 3;
}
void change(int& value) { ++value; }
void change(bool& value) { value = !value; }

std::string toml_of(const std::vector<int>& hidden) { return "[" + std::to_string(hidden.at(0)) + "]"; }
std::string toml_of(Activation activation) { return std::string("\"") + to_string(activation) + "\""; }
std::string toml_of(const OptimizerSpec& spec) { return std::string("\"") + to_string(spec.kind) + "\""; }
std::string toml_of(const EarlyStoppingSpec& spec) {
  return std::string("\"") + to_string(spec.monitor) + "\"";
}
std::string toml_of(const ClassWeights& weights) {
  return "[" + number_text(weights.values.at(0)) + ", " + number_text(weights.values.at(1)) + "]";
}
std::string toml_of(const VariedSources& sources) {
  std::string text;
  for (const std::string& name : names_of(sources)) text += (text.empty() ? "['" : ", '") + name + "'";
  return text + "]";
}
std::string toml_of(const ScheduleSpec& spec) {
  return std::string("{ kind = \"") + to_string(spec.kind) + "\", monitor = \"" + to_string(spec.monitor) +
         "\", patience = " + number_text(spec.patience) + " }";
}
template <class T>
std::string toml_of(const T& value) {
  return setting_text(value);
}

std::string key_of(const ModelSpec& model) {
  return run_key(model, 7, Precision::kFp32, "cpu", small_dataset());
}

/// Calls `check` once per key, with the key and a model in which no other key differs from its default.
template <class Check>
void for_each_changed_key(const Check& check) {
  for_each_model_key([&](const auto& key) {
    SCOPED_TRACE(key.name);
    ModelSpec model;
    model.name = "m";
    change(model.*key.value);
    EXPECT_FALSE(key.is_default(model));
    check(key, model);
  });
}

TEST(ModelKeys, EachIsReadFromAFile) {
  for_each_changed_key([](const auto& key, const ModelSpec& model) {
    std::string text = "name = \"e\"\nruns = 1\n[[model]]\nname = \"m\"\n";
    if (key.name != std::string("hidden")) text += "hidden = []\n";
    text += key.name + std::string(" = ") + toml_of(model.*key.value) + "\n";
    EXPECT_EQ(parse_experiment(text, "e.toml").models.at(0), model);
  });
}

TEST(ModelKeys, EachSurvivesAStore) {
  for_each_changed_key(
      [](const auto&, const ModelSpec& model) { EXPECT_EQ(model_from_json(to_json(model)), model); });
}

TEST(ModelKeys, AStoreWithSourcesThatNoModelCanVaryIsRefused) {
  for (const char* sources : {"[]", "[\"data\"]", "[\"init\", \"init\"]"}) {
    nlohmann::ordered_json json = to_json(ModelSpec{});
    json["vary"] = nlohmann::ordered_json::parse(sources);
    EXPECT_THROW(model_from_json(json), std::invalid_argument) << sources;
  }
}

TEST(ModelKeys, OfTheFirstVersionMayNotBeMissingInAStore) {
  for_each_model_key([](const auto& key) {
    SCOPED_TRACE(key.name);
    nlohmann::ordered_json json = to_json(ModelSpec{});
    json.erase(key.name);
    if (key.age == KeyAge::kFirstVersion) {
      EXPECT_THROW(model_from_json(json), nlohmann::json::exception);
    } else {
      EXPECT_FALSE(to_json(ModelSpec{}).contains(key.name)) << "files stay those of older versions";
      EXPECT_EQ(model_from_json(json), ModelSpec{});
    }
  });
}

/// Scalars that an optimizer did not have in the first version are treated like keys of a model that were
/// added later.
TEST(ModelKeys, LaterScalarsOfAnOptimizerAreUnsaidAtTheirDefaults) {
  for (const OptimizerKind kind : kOptimizers) {
    ModelSpec model;
    model.optimizer = OptimizerSpec::with_defaults(kind);
    for (const OptimizerScalar& scalar : optimizer_scalars(kind)) {
      SCOPED_TRACE(testing::Message() << to_string(kind) << " " << scalar.key);
      if (scalar.age == KeyAge::kFirstVersion) continue;
      EXPECT_FALSE(to_json(model)["optimizer"].contains(scalar.key));
      EXPECT_THAT(settings_table({model}), Not(HasSubstr(scalar.key)));
      ModelSpec changed = model;
      changed.optimizer.*scalar.value = 0.25;
      EXPECT_EQ(model_from_json(to_json(changed)), changed);
      EXPECT_NE(key_of(changed), key_of(model));
      EXPECT_THAT(settings_table({changed}), HasSubstr(std::string(scalar.key) + " 0.25"));
      StoredExperiment stored;
      stored.experiment.models = {changed};
      EXPECT_THAT(runs_csv(stored, {}), HasSubstr(std::string(",") + scalar.key + ","));
    }
  }
}

TEST(ModelKeys, EachChangesTheRunKey) {
  for_each_changed_key(
      [](const auto&, const ModelSpec& model) { EXPECT_NE(key_of(model), key_of(ModelSpec{})); });
}

TEST(ModelKeys, EachIsShownAndExported) {
  StoredExperiment stored;
  for_each_changed_key([&](const auto& key, const ModelSpec& model) {
    stored.experiment.models = {ModelSpec{}};
    const std::string usual = runs_csv(stored, {});
    stored.experiment.models.push_back(model);
    const std::string csv = runs_csv(stored, {});
    EXPECT_EQ(usual.find(std::string(",") + key.name + ",") == std::string::npos,
              key.age == KeyAge::kAddedLater);
    EXPECT_THAT(settings_table({ModelSpec{}, model}), HasSubstr(key.name + std::string("  ")));
    EXPECT_THAT(csv, HasSubstr(std::string(",") + key.name + ","));
  });
}

TEST(ModelKeys, EachIsDocumented) {
  std::ifstream file(GPU_SWEEP_USAGE);
  std::ostringstream text;
  text << file.rdbuf();
  for (const std::string& key : model_keys()) EXPECT_THAT(text.str(), HasSubstr(key));
}

}  // namespace
}  // namespace gpu_sweep
