#include "engine/experiment/key_facts.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "engine/experiment/class_keys.h"
#include "engine/experiment/early_stopping_keys.h"
#include "engine/experiment/key_places.h"
#include "engine/experiment/model_keys.h"
#include "engine/experiment/schedule_keys.h"
#include "engine/experiment/toml_item.h"
#include "engine/experiment/varied_sources.h"
#include "gpu_sweep/experiment.h"

namespace gpu_sweep {
namespace {

std::string code(const std::string& text) { return "`" + text + "`"; }

/// Returns "`a`, `b` or `c`".
std::string codes(std::vector<std::string> names) {
  for (std::string& name : names) name = code(name);
  return list_of(names);
}

KeyFacts integer_facts(const char* key, const IntegerRange& range, const std::string& fallback) {
  constexpr std::string_view kType = "an integer ";
  return {key, "integer", range.to_string().substr(kType.size()), fallback};
}

KeyFacts number_facts(const char* key, NumberRange range, const std::string& fallback) {
  if (range == NumberRange::kCount) return integer_facts(key, kEpochsRange, fallback);
  std::string text = to_string(range);
  constexpr std::string_view kNumber = "a number ";
  if (text.starts_with(kNumber)) text.erase(0, kNumber.size());
  return {key, "number", text, fallback};
}

KeyFacts switch_facts(const char* key, bool fallback) {
  return {key, "boolean", "`true` or `false`", code(setting_text(fallback))};
}

/// The overloads of facts_of return the facts of a model key, one overload per type of key.
KeyFacts facts_of(const ModelKey<std::vector<int>, IntegerRange>& key, const std::vector<int>&) {
  return {key.name, "array of integers",
          fmt::format("at most {} integers{}", kMaxHiddenLayers, key.range.to_string().substr(10)),
          "none, must be stated"};
}
KeyFacts facts_of(const ModelKey<Activation, EveryValue>& key, Activation value) {
  return {key.name, "name", codes(activation_names()), code(to_string(value))};
}
KeyFacts facts_of(const ModelKey<double, NumberRange>& key, double value) {
  return number_facts(key.name, key.range, setting_text(value));
}
KeyFacts facts_of(const ModelKey<int, IntegerRange>& key, int value) {
  return integer_facts(key.name, key.range, setting_text(value));
}
KeyFacts facts_of(const ModelKey<bool, EveryValue>& key, bool value) { return switch_facts(key.name, value); }
KeyFacts facts_of(const ModelKey<OptimizerSpec, EveryValue>& key, const OptimizerSpec& value) {
  return {key.name, "name or table", "[optimizers](#optimizer)", code(to_string(value.kind))};
}
KeyFacts facts_of(const ModelKey<ScheduleSpec, EveryValue>& key, const ScheduleSpec& value) {
  return {key.name, "name or table", "[schedules](#schedule)", code(to_string(value.kind))};
}
KeyFacts facts_of(const ModelKey<ClassWeights, NumberRange>& key, const ClassWeights& value) {
  return {key.name, "name or array of numbers",
          "`none`, `balanced`, or one per class: " + to_string(key.range) + ", not all 0",
          code(setting_text(value))};
}
KeyFacts facts_of(const ModelKey<EarlyStoppingSpec, EveryValue>& key, const EarlyStoppingSpec& value) {
  return {key.name, "name or table", "[early stopping](#early_stopping)", code(setting_text(value))};
}

KeyFacts facts_of(const ModelKey<VariedSources, EveryValue>& key, const VariedSources&) {
  return {key.name, "array of names", "one or more of " + codes(source_names()), "all"};
}

/// Returns a text such as "0; `adamw` 0.004": first the most common default, then the kinds with another
/// default. `defaults` has one entry per kind that has the scalar; if these are not all `kinds` kinds, the
/// text names them.
std::string defaults_text(const std::vector<std::pair<std::string, double>>& defaults, std::size_t kinds) {
  const auto count = [&](double value) {
    return std::ranges::count_if(defaults, [value](const auto& one) { return one.second == value; });
  };
  const double usual =
      std::ranges::max_element(defaults, {}, [&](const auto& one) { return count(one.second); })->second;
  std::string text = number_text(usual);
  for (const auto& [kind, value] : defaults) {
    if (value != usual) text += "; " + code(kind) + " " + number_text(value);
  }
  if (defaults.size() == kinds) return text;
  std::vector<std::string> users;
  for (const auto& each : defaults) users.push_back(each.first);
  return text + " (" + codes(users) + " only)";
}

/// Returns the facts of a scalar that some of `kinds` have. `scalars_of` returns the scalars of a kind, and
/// `default_of` returns the default of a scalar.
template <typename Kinds, typename ScalarsOf, typename DefaultOf>
KeyFacts scalar_facts(const std::string& key, const Kinds& kinds, ScalarsOf scalars_of,
                      DefaultOf default_of) {
  std::vector<std::pair<std::string, double>> defaults;
  NumberRange range{};
  for (const auto kind : kinds) {
    for (const auto& scalar : scalars_of(kind)) {
      if (key != scalar.key) continue;
      defaults.emplace_back(to_string(kind), default_of(kind, scalar));
      range = scalar.range;
    }
  }
  return number_facts(key.c_str(), range, defaults_text(defaults, std::size(kinds)));
}

}  // namespace

std::vector<KeyFacts> top_facts() {
  const std::string classes =
      fmt::format("{} to {} different names", kClassesRange.least, kClassesRange.most);
  const std::string rows = "[held-out rows](#validation-test-and-judge)";
  return {
      {"name", "text", name_expected() + "; no `/`, no leading `.`", "none, must be stated"},
      integer_facts("runs", kRunsRange, "none, must be stated"),
      integer_facts("seed", kSeedRange, std::to_string(Experiment{}.seed)),
      integer_facts("classes", kClassesRange, "the largest training label + 1, or what the data states"),
      {"class_names", "array of texts", classes, "`\"0\"`, `\"1\"`, ..., or what the data states"},
      number_facts("max_diverged", NumberRange::kFraction, number_text(AnalysisSettings{}.max_diverged)),
      number_facts("smallest_difference", NumberRange::kPoints, "none"),
      {"normalize", "name", codes(normalize_names()), "`scale` for bytes, `none` for other numbers"},
      {"validation", "name or table", "`none`, or " + rows, "the data's own rows, otherwise a sixth"},
      {"split", "name", codes(split_policy_names()), code(to_string(DataSettings{}.split))},
      {"target", "text", name_expected(), "none; a table needs one"},
      {"test", "table", rows, "a sixth"},
      {"judge", "table", rows, "no such rows"},
  };
}

std::vector<KeyFacts> row_facts() {
  const HoldOut rows;
  return {
      number_facts("fraction", NumberRange::kShare, "1/6"),
      integer_facts("seed", kHoldOutSeedRange, std::to_string(rows.seed)),
      switch_facts("stratified", rows.stratified),
  };
}

std::vector<KeyFacts> model_facts() {
  std::vector<KeyFacts> facts = {{"name", "text", name_expected(), "none, must be stated"}};
  for_each_model_key([&](const auto& key) { facts.push_back(facts_of(key, ModelSpec{}.*key.value)); });
  return facts;
}

std::vector<KeyFacts> optimizer_facts() {
  std::vector<KeyFacts> facts = {
      {"name", "name", codes(optimizer_names()), code(to_string(OptimizerSpec{}.kind))}};
  for (const std::string& key : optimizer_scalar_keys()) {
    facts.push_back(scalar_facts(key, kOptimizers, optimizer_scalars,
                                 [](OptimizerKind, const auto& scalar) { return scalar.default_value; }));
  }
  return facts;
}

std::vector<KeyFacts> schedule_facts() {
  std::vector<KeyFacts> facts = {{"kind", "name", codes(schedule_names()), "none, must be stated"}};
  const ScheduleSpec plateau = ScheduleSpec::with_defaults(ScheduleKind::kReduceOnPlateau);
  facts.push_back({"monitor", "name", codes(schedule_monitor_names()),
                   code(to_string(plateau.monitor)) + " (" + code(to_string(plateau.kind)) + " only)"});
  for (const std::string& key : schedule_scalar_keys()) {
    facts.push_back(
        scalar_facts(key, kSchedules, schedule_scalars, [](ScheduleKind kind, const auto& scalar) {
          return ScheduleSpec::with_defaults(kind).*scalar.value;
        }));
  }
  return facts;
}

std::vector<KeyFacts> early_stopping_facts() {
  const EarlyStoppingSpec spec;
  return {
      {"monitor", "name", codes(monitor_names()), "none, must be stated"},
      integer_facts("patience", kEpochsRange, std::to_string(spec.patience)),
      number_facts("min_delta", NumberRange::kNotNegative, number_text(spec.min_delta)),
      switch_facts("restore_best", spec.restore_best),
  };
}

}  // namespace gpu_sweep
