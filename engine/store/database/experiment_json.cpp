#include "engine/store/database/experiment_json.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string_view>

#include "engine/experiment/early_stopping_keys.h"
#include "engine/experiment/model_keys.h"
#include "engine/experiment/schedule_keys.h"
#include "engine/experiment/varied_sources.h"
#include "engine/store/formats/data_settings_json.h"

namespace gpu_sweep {

namespace {

using Json = nlohmann::ordered_json;

/// Parses the word under `key` with `parse`, one of the parse_* functions. Throws std::invalid_argument for
/// an unknown word.
template <class Parse>
auto parsed(const Json& json, const char* key, Parse parse) {
  const auto word = json.at(key).get<std::string>();
  const auto value = parse(word);
  if (!value) throw std::invalid_argument(std::string("unknown ") + key + " " + shown_text(word));
  return *value;
}

/// Returns two hex digits per byte.
std::string hex_text(const std::vector<std::uint8_t>& bytes) {
  return fmt::format("{:02x}", fmt::join(bytes, ""));
}

/// Inverse of hex_text. Throws std::invalid_argument for other text.
std::vector<std::uint8_t> bytes_of_hex(std::string_view text) {
  if (text.size() % 2 != 0) throw std::invalid_argument("an odd number of hex digits");
  constexpr std::string_view kHexDigits = "0123456789abcdef";
  std::vector<std::uint8_t> bytes(text.size() / 2);
  for (std::size_t i = 0; i < text.size(); ++i) {
    const std::size_t digit = kHexDigits.find(text[i]);
    if (digit == std::string_view::npos) throw std::invalid_argument("not a hex digit");
    bytes[i / 2] = static_cast<std::uint8_t>(bytes[i / 2] << 4 | digit);
  }
  return bytes;
}

[[noreturn]] void refuse_value(const char* key, const std::string& value, const std::string& expected) {
  throw std::invalid_argument(std::string(key) + " is " + value + ", expected " + expected);
}

/// Throws std::invalid_argument if `value`, a number under `key`, is outside `range`.
void require(double value, const char* key, NumberRange range) {
  if (!contains(range, value)) refuse_value(key, number_text(value), to_string(range));
}

/// Returns the number under `key`. Throws std::invalid_argument if it is outside `range`.
double number(const Json& json, const char* key, NumberRange range) {
  const auto value = json.at(key).get<double>();
  require(value, key, range);
  return value;
}

OptimizerSpec optimizer_from_json(const Json& json) {
  OptimizerSpec spec = OptimizerSpec::with_defaults(parsed(json, "name", parse_optimizer));
  for (const OptimizerScalar& scalar : optimizer_scalars(spec.kind)) {
    if (scalar.age == KeyAge::kAddedLater && !json.contains(scalar.key)) continue;
    spec.*scalar.value = number(json, scalar.key, scalar.range);
  }
  return spec;
}

ScheduleSpec schedule_from_json(const Json& json) {
  ScheduleSpec spec = ScheduleSpec::with_defaults(parsed(json, "kind", parse_schedule));
  if (has_monitor(spec.kind)) spec.monitor = parsed(json, "monitor", parse_monitor);
  for (const ScheduleScalar& scalar : schedule_scalars(spec.kind)) {
    spec.*scalar.value = number(json, scalar.key, scalar.range);
  }
  return spec;
}

}  // namespace

Json to_json(const OptimizerSpec& optimizer) {
  Json json = {{"name", to_string(optimizer.kind)}};
  for (const OptimizerScalar& scalar : optimizer_scalars(optimizer.kind)) {
    if (!scalar.is_unsaid(optimizer)) json[scalar.key] = optimizer.*scalar.value;
  }
  return json;
}

template <class T>
Json value_to_json(const T& value) {
  return value;
}
Json value_to_json(Activation activation) { return to_string(activation); }
Json value_to_json(const OptimizerSpec& optimizer) { return to_json(optimizer); }
Json value_to_json(const EarlyStoppingSpec& stopping) {
  return {{"monitor", to_string(stopping.monitor)},
          {"patience", stopping.patience},
          {"min_delta", stopping.min_delta},
          {"restore_best", stopping.restore_best}};
}
Json value_to_json(const ClassWeights& weights) {
  if (weights.values.empty()) return setting_text(weights);
  return weights.values;
}
Json value_to_json(const VariedSources& sources) { return names_of(sources); }
Json value_to_json(const ScheduleSpec& schedule) {
  Json json = {{"kind", to_string(schedule.kind)}};
  if (has_monitor(schedule.kind)) json["monitor"] = to_string(schedule.monitor);
  for (const ScheduleScalar& scalar : schedule_scalars(schedule.kind)) {
    json[scalar.key] = schedule.*scalar.value;
  }
  return json;
}

Json to_json(const ModelSpec& model) {
  Json json = {{"name", model.name}};
  for_each_model_key([&](const auto& key) {
    if (!key.is_unsaid(model)) json[key.name] = value_to_json(model.*key.value);
  });
  return json;
}

Json to_json(const AnalysisSettings& settings) {
  Json json = {{"max_diverged", settings.max_diverged}, {"smallest_difference", nullptr}};
  if (settings.smallest_difference) {
    json["smallest_difference"] = *settings.smallest_difference;
    json["stated"] = settings.stated_after_runs ? "after the runs" : "before the runs";
  }
  if (settings.until_decided) json["until_decided"] = true;
  if (settings.race) json["race"] = true;
  if (!settings.looks.empty()) json["looks"] = settings.looks;
  return json;
}

Json to_json(const Experiment& experiment) {
  Json models = Json::array();
  for (const ModelSpec& model : experiment.models) models.push_back(to_json(model));
  Json json = {{"name", experiment.name}, {"runs", experiment.runs}, {"seed", experiment.seed}};
  if (experiment.analysis != AnalysisSettings{}) json["analysis"] = to_json(experiment.analysis);
  json["models"] = std::move(models);
  return json;
}

Json to_json(const Shard& shard) { return {{"index", shard.index}, {"count", shard.count}}; }

Json to_json(const Provenance& provenance) {
  Json json = {{"program_version", provenance.program_version},
               {"device_kind", provenance.device_kind},
               {"device_name", provenance.device_name},
               {"numerics", provenance.numerics},
               {"precision", to_string(provenance.precision)},
               {"data_directory", provenance.data_directory},
               {"data_sha256", provenance.data_sha256},
               {"class_names", provenance.class_names},
               {"features", provenance.features},
               {"height", provenance.height},
               {"width", provenance.width}};
  if (provenance.data_settings != DataSettings{}) json["data_settings"] = to_json(provenance.data_settings);
  if (!provenance.test_labels.empty()) json["test_labels"] = hex_text(provenance.test_labels);
  if (provenance.shard) json["shard"] = to_json(*provenance.shard);
  return json;
}

/// Returns the integer under `key`. Throws std::invalid_argument if it is outside `range`.
int integer(const Json& json, const char* key, const IntegerRange& range) {
  const auto value = json.at(key).get<std::int64_t>();
  if (!range.contains(value)) refuse_value(key, std::to_string(value), range.to_string());
  return static_cast<int>(value);
}

template <class T, class Range>
void read_value(const Json& json, const ModelKey<T, Range>& key, T& value) {
  value = json.at(key.name).template get<T>();
}

void read_value(const Json& json, const ModelKey<double, NumberRange>& key, double& value) {
  value = number(json, key.name, key.range);
}

void read_value(const Json& json, const ModelKey<int, IntegerRange>& key, int& value) {
  value = integer(json, key.name, key.range);
}

void read_value(const Json& json, const ModelKey<Activation, EveryValue>& key, Activation& value) {
  value = parsed(json, key.name, parse_activation);
}

void read_value(const Json& json, const ModelKey<OptimizerSpec, EveryValue>& key, OptimizerSpec& value) {
  value = optimizer_from_json(json.at(key.name));
}

void read_value(const Json& json, const ModelKey<EarlyStoppingSpec, EveryValue>& key,
                EarlyStoppingSpec& value) {
  const Json& stopping = json.at(key.name);
  value.monitor = parsed(stopping, "monitor", parse_monitor);
  value.patience = integer(stopping, "patience", kEpochsRange);
  value.min_delta = number(stopping, "min_delta", NumberRange::kNotNegative);
  value.restore_best = stopping.at("restore_best").get<bool>();
}

void read_value(const Json& json, const ModelKey<ClassWeights, NumberRange>& key, ClassWeights& value) {
  const Json& weights = json.at(key.name);
  value.balanced = weights == "balanced";
  if (!weights.is_array()) return;
  value.values = weights.get<std::vector<double>>();
  for (const double weight : value.values) require(weight, key.name, key.range);
}

void read_value(const Json& json, const ModelKey<ScheduleSpec, EveryValue>& key, ScheduleSpec& value) {
  value = schedule_from_json(json.at(key.name));
}

void read_value(const Json& json, const ModelKey<VariedSources, EveryValue>& key, VariedSources& value) {
  value = no_sources();
  for (const std::string& name : json.at(key.name).get<std::vector<std::string>>()) {
    const std::string wrong = add_source(value, name);
    if (!wrong.empty()) throw std::invalid_argument(std::string(key.name) + ": " + wrong);
  }
  if (value == no_sources()) throw std::invalid_argument(std::string(key.name) + ": no source");
}

void read_value(const Json& json, const ModelKey<std::vector<int>, IntegerRange>& key,
                std::vector<int>& value) {
  value = json.at(key.name).get<std::vector<int>>();
  const auto valid = [&key](int width) { return key.range.contains(width); };
  if (value.size() > kMaxHiddenLayers || !std::ranges::all_of(value, valid)) {
    throw std::invalid_argument(std::string(key.name) + ": layers that no model may have");
  }
}

ModelSpec model_from_json(const Json& json) {
  ModelSpec model;
  model.name = json.at("name").get<std::string>();
  for_each_model_key([&](const auto& key) {
    if (key.age == KeyAge::kAddedLater && !json.contains(key.name)) return;
    read_value(json, key, model.*key.value);
  });
  return model;
}

AnalysisSettings analysis_from_json(const Json& json) {
  AnalysisSettings settings;
  settings.max_diverged = number(json, "max_diverged", NumberRange::kFraction);
  if (!json.at("smallest_difference").is_null()) {
    settings.smallest_difference = number(json, "smallest_difference", NumberRange::kPositive);
    settings.stated_after_runs = json.at("stated").get<std::string>() == "after the runs";
  }
  settings.until_decided = json.value("until_decided", false);
  settings.race = settings.until_decided && json.value("race", false);
  settings.looks = json.value("looks", std::vector<int>{});
  return settings;
}

Experiment experiment_from_json(const Json& json) {
  Experiment experiment;
  experiment.name = json.at("name").get<std::string>();
  experiment.runs = integer(json, "runs", kRunsRange);
  experiment.seed = json.at("seed").get<std::uint64_t>();
  if (const auto found = json.find("analysis"); found != json.end()) {
    experiment.analysis = analysis_from_json(*found);
  }
  for (const Json& model : json.at("models")) experiment.models.push_back(model_from_json(model));
  return experiment;
}

Provenance provenance_from_json(const Json& json) {
  Provenance provenance;
  provenance.program_version = json.at("program_version").get<std::string>();
  provenance.device_kind = json.at("device_kind").get<std::string>();
  provenance.device_name = json.at("device_name").get<std::string>();
  provenance.numerics = json.value("numerics", "");  // stores of earlier versions have none
  provenance.precision = parsed(json, "precision", parse_precision);
  provenance.data_directory = json.at("data_directory").get<std::string>();
  provenance.data_sha256 = json.at("data_sha256").get<std::array<std::string, 4>>();
  provenance.class_names = json.at("class_names").get<std::vector<std::string>>();
  provenance.features = json.at("features").get<int>();
  provenance.height = json.at("height").get<int>();
  provenance.width = json.at("width").get<int>();
  if (const auto settings = json.find("data_settings"); settings != json.end()) {
    provenance.data_settings = data_settings_from_json(*settings);
  }
  if (const auto labels = json.find("test_labels"); labels != json.end()) {
    provenance.test_labels = bytes_of_hex(labels->get<std::string>());
  }
  if (const auto shard = json.find("shard"); shard != json.end()) {
    provenance.shard = {shard->at("index").get<int>(), shard->at("count").get<int>()};
  }
  return provenance;
}

}  // namespace gpu_sweep
