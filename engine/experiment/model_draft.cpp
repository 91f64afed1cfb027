#include "engine/experiment/model_draft.h"

#include "engine/experiment/contradictions.h"
#include "engine/experiment/early_stopping_keys.h"
#include "engine/experiment/model_keys.h"
#include "engine/experiment/schedule_keys.h"
#include "engine/experiment/varied_sources.h"

namespace gpu_sweep {
namespace {

int read_value(const TomlItem& item, const IntegerRange& range, int) {
  return static_cast<int>(read_integer(item, range));
}
double read_value(const TomlItem& item, NumberRange range, double) { return read_number(item, range); }
bool read_value(const TomlItem& item, EveryValue, bool) { return read_bool(item); }
Activation read_value(const TomlItem& item, EveryValue, Activation) {
  return read_name(item, parse_activation, activation_names());
}
ClassWeights read_value(const TomlItem& item, NumberRange range, const ClassWeights&) {
  const std::string expected = "balanced, none, or an array of weights such as [1, 1, 2.5]";
  ClassWeights weights;
  if (const toml::value<std::string>* word = item.value->as_string()) {
    weights.balanced = word->get() == "balanced";
    if (weights.balanced || word->get() == "none") return weights;
    const std::vector<std::string> words = {"balanced", "none"};
    fail(item, describe(*item.value) + did_you_mean(word->get(), words), expected);
  }
  for (const TomlItem& weight : elements_of(item, expected))
    weights.values.push_back(read_number(weight, range));
  const std::string wrong = fault_in(weights);
  if (!wrong.empty()) fail(item, wrong, expected);
  return weights;
}

EarlyStoppingSpec read_value(const TomlItem& item, EveryValue, const EarlyStoppingSpec&) {
  return read_early_stopping(item);
}

ScheduleSpec read_value(const TomlItem& item, EveryValue, const ScheduleSpec&) { return read_schedule(item); }

VariedSources read_value(const TomlItem& item, EveryValue, const VariedSources&) {
  return read_varied_sources(item);
}

std::vector<int> read_value(const TomlItem& item, const IntegerRange& range, const std::vector<int>&) {
  const std::vector<TomlItem> items = elements_of(item, "an array of layer widths such as [256, 128]");
  if (items.size() > kMaxHiddenLayers) {
    fail(item, std::to_string(items.size()) + " layers", "at most " + std::to_string(kMaxHiddenLayers));
  }
  std::vector<int> widths;
  for (const TomlItem& width : items) widths.push_back(static_cast<int>(read_integer(width, range)));
  return widths;
}

template <class T, class Range>
void set(ModelDraft& draft, const TomlItem& item, const ModelKey<T, Range>& key) {
  T& value = draft.spec.*key.value;
  value = read_value(item, key.range, value);
}

void set(ModelDraft& draft, const TomlItem& item, const ModelKey<OptimizerSpec, EveryValue>&) {
  draft.optimizer.set(item);
}

}  // namespace

void set_model_key(ModelDraft& draft, const TomlItem& item) {
  for_each_model_key([&](const auto& key) {
    if (item.key == key.name) set(draft, item, key);
  });
  if (item.key == "hidden") draft.has_hidden = true;
}

}  // namespace gpu_sweep
