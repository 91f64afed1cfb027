#include "engine/experiment/experiment_reference.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>
#include <span>
#include <stdexcept>
#include <vector>

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

struct KeyNote {
  std::string_view place;
  std::string_view key;
  std::string_view text;
  std::string_view source;
};

constexpr std::array kKeyNotes = {
#define GPU_SWEEP_KEY_NOTE(place, key, text, source) KeyNote{#place, #key, text, source},
#include "engine/experiment/key_notes.def"
};

/// What the row of an activation, an optimizer or a schedule says of it.
struct NameNote {
  std::string_view name;
  std::string_view formula;
  std::string_view source;
};

constexpr NameNote kActivationNotes[] = {
#define GPU_SWEEP_ACTIVATION(enumerator, name, Function, needs_input, sign_is_mask, formula, source) \
  {name, formula, source},
#include "gpu_sweep/activations.def"
};

constexpr NameNote kOptimizerNotes[] = {
#define GPU_SWEEP_OPTIMIZER(enumerator, name, Rule, formula, source, ...) {name, formula, source},
#include "gpu_sweep/optimizers.def"
};

constexpr NameNote kScheduleNotes[] = {
#define GPU_SWEEP_SCHEDULE(enumerator, name, formula, source) {name, formula, source},
#include "gpu_sweep/schedules.def"
};

/// What the parser knows about a key.
struct KeyFacts {
  std::string key;
  std::string type;
  std::string range;
  std::string fallback;  ///< the value of a key that is not stated
};

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

std::vector<KeyFacts> top_facts() {
  const std::string classes =
      fmt::format("{} to {} different names", kClassesRange.least, kClassesRange.most);
  const std::string rows = "[held-out rows](#validation-and-test)";
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
  std::vector<KeyFacts> facts = {
      number_facts("fraction", NumberRange::kShare, "1/6"),
      integer_facts("seed", kHoldOutSeedRange, std::to_string(rows.seed)),
      switch_facts("stratified", rows.stratified),
  };
  return facts;
}

std::vector<KeyFacts> model_facts() {
  std::vector<KeyFacts> facts = {{"name", "text", name_expected(), "none, must be stated"}};
  for_each_model_key([&](const auto& key) { facts.push_back(facts_of(key, ModelSpec{}.*key.value)); });
  return facts;
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

class ReferencePage {
 public:
  void paragraph(const std::string& text) { text_ += text + "\n\n"; }

  void keys(const std::string& place, const std::vector<KeyFacts>& all) {
    text_ += "| key | type | range | default | meaning | source |\n|---|---|---|---|---|---|\n";
    for (const KeyFacts& facts : all) {
      const KeyNote& note = note_of(place, facts.key);
      text_ += fmt::format("| `{}` | {} | {} | {} | {} | {} |\n", facts.key, facts.type, facts.range,
                           facts.fallback, note.text, note.source);
    }
    text_ += '\n';
  }

  void names(std::span<const NameNote> all) {
    text_ += "| name | formula | source |\n|---|---|---|\n";
    for (const NameNote& note : all) {
      text_ += fmt::format("| `{}` | {} | {} |\n", note.name, note.formula, note.source);
    }
    text_ += '\n';
  }

  std::string text() const {
    for (const KeyNote& note : kKeyNotes) {
      if (!used_.contains(&note)) {
        throw std::logic_error(fmt::format("key_notes.def: {} {} is no key", note.place, note.key));
      }
    }
    return text_.substr(0, text_.size() - 1);  // one newline at the end
  }

 private:
  const KeyNote& note_of(std::string_view place, std::string_view key) {
    for (const KeyNote& note : kKeyNotes) {
      if (note.place != place || note.key != key) continue;
      used_.insert(&note);
      return note;
    }
    throw std::logic_error(fmt::format("key_notes.def: no row for {} {}", place, key));
  }

  std::string text_;
  std::set<const KeyNote*> used_;
};

}  // namespace

std::string experiment_reference() {
  ReferencePage page;
  page.paragraph("# Keys of an experiment");
  page.paragraph(
      "<!-- Made by `gpu_sweep --experiment-keys` from the tables of the parser and "
      "engine/experiment/key_notes.def. -->");
  page.paragraph(
      "An experiment is a TOML file ([usage](usage.md#experiments)). This page lists every key with the\n"
      "values that it takes; [what is computed](what_is_computed.md) has the order of the operations, and\n"
      "[your data](data.md) says more about data. In the formulas g is the gradient of a weight w, lr the\n"
      "learning rate, t the number of the step, counted from 1, and z the input of an activation.");
  page.paragraph("## At the top");
  page.keys("top", top_facts());
  page.paragraph(
      "Besides these there are the tables `[defaults]` and `[[model]]`, which take the keys of a model, and\n"
      "`[grid]`, which takes them and those of the optimizer, each with an array of values.");
  page.paragraph("## `validation` and `test`");
  page.keys("rows", row_facts());
  page.paragraph("## A model");
  page.paragraph(
      "`train` has a flag for every key: `--batch-size` for `batch_size`, `--learning-rate` for\n"
      "`optimizer.learning_rate`, `--schedule cosine,warmup=5` for a table.");
  page.keys("model", model_facts());
  page.paragraph("## `activation`");
  page.names(kActivationNotes);
  page.paragraph("## `optimizer`");
  page.names(kOptimizerNotes);
  page.keys("optimizer", optimizer_facts());
  page.paragraph("## `schedule`");
  page.paragraph("After the warmup, e epochs later, the learning rate is:");
  page.names(kScheduleNotes);
  page.keys("schedule", schedule_facts());
  page.paragraph("## `early_stopping`");
  page.keys("early_stopping", early_stopping_facts());
  return page.text();
}

}  // namespace gpu_sweep
