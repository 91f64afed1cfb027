#include "engine/experiment/key_places.h"

#include <algorithm>

#include "engine/experiment/early_stopping_keys.h"
#include "engine/experiment/model_keys.h"
#include "engine/experiment/schedule_keys.h"

namespace gpu_sweep {
namespace {

bool holds(const std::vector<std::string>& keys, const std::string& key) {
  return std::ranges::find(keys, key) != keys.end();
}

const std::vector<std::string> kTopValues = {
    "runs",      "seed",       "classes", "class_names", "max_diverged", "smallest_difference",
    "normalize", "validation", "split",   "target",      "test",         "judge"};
const std::vector<std::string> kTopTables = {"defaults", "model", "grid"};
/// Flags of the command line that a user might write in a file by mistake, with '_' in place of '-'.
const std::vector<std::string> kFlags = {
    "data",         "device", "disk_patience",  "fresh",     "keep_predictions",
    "lanes",        "out",    "precision",      "quiet",     "replicas_per_group",
    "save_weights", "shard",  "snapshot_every", "stop_after"};

/// The texts for "found" and "expected" in the message about a key that belongs elsewhere.
struct Misplaced {
  std::string found;
  std::string expected;
};

std::string flag_of(std::string key) {
  std::ranges::replace(key, '_', '-');
  return "--" + key;
}

/// Describes a key that does not belong in `place`. Returns an empty `found` if neither a table nor the
/// command line has such a key.
Misplaced misplaced(const std::string& key, KeyPlace place) {
  const std::string whole = "a key of the whole experiment";
  if (holds(kTopValues, key)) return {whole, "it at the top of the file, above every [table]"};
  if (holds(kTopTables, key)) {
    return {"a table of the whole experiment",
            (key == "model" ? "[[model]]" : "[" + key + "]") + " at the top, inside no other table"};
  }
  if (key == "name") return {"a key of the experiment or of one model", "it at the top or in a [[model]]"};
  if (holds(model_keys(), key)) {
    std::string expected = "it in [defaults], a [[model]] or [grid]";
    if (place == KeyPlace::kOptimizer) expected = "it beside optimizer, not inside";
    if (place == KeyPlace::kSchedule) expected = "it beside schedule, not inside";
    if (place == KeyPlace::kEarlyStopping) expected = "it beside early_stopping, not inside";
    return {"a key of models", expected};
  }
  if (!optimizers_with(key).empty()) {
    const std::string where = place == KeyPlace::kTop ? " in [defaults], a [[model]] or [grid]" : "";
    return {"a key of the optimizer", "optimizer." + key + where};
  }
  if (holds(early_stopping_keys(), key)) {
    return {"a key of early stopping", "it in early_stopping = { monitor = ..., " + key + " = ... }"};
  }
  if (holds(schedule_scalar_keys(), key)) {
    return {"a key of the schedule", "it in schedule = { kind = ..., " + key + " = ... }"};
  }
  if (holds(kFlags, key)) return {"a setting of the command line", "the flag " + flag_of(key)};
  return {};
}

/// Returns keys of all tables, and flags, to find keys that are both misspelled and in the wrong table.
std::vector<std::string> all_keys() {
  std::vector<std::string> keys = model_keys();
  for (const std::vector<std::string>& more : {kTopValues, kTopTables, optimizer_scalar_keys(),
                                               schedule_scalar_keys(), early_stopping_keys(), kFlags}) {
    keys.insert(keys.end(), more.begin(), more.end());
  }
  return keys;
}

}  // namespace

std::vector<std::string> top_keys() {
  std::vector<std::string> keys = {"name"};
  for (const std::vector<std::string>& more : {kTopValues, kTopTables}) {
    keys.insert(keys.end(), more.begin(), more.end());
  }
  return keys;
}

void check_place(const TomlItem& item, KeyPlace place, const std::vector<std::string>& known) {
  if (holds(known, item.key)) return;
  const Misplaced exact = misplaced(item.key, place);
  if (!exact.found.empty()) fail(item, exact.found, exact.expected);
  const std::string here = did_you_mean(item.key, known);
  const std::string meant = here.empty() ? nearest_name(item.key, all_keys()) : "";
  if (meant.empty()) fail(item, "an unknown key" + here, list_of(known));
  const std::vector<std::string> kinds = optimizers_with(meant);
  if (place == KeyPlace::kOptimizer && !kinds.empty()) {
    fail(item, "an unknown key (did you mean '" + meant + "' of " + list_of(kinds) + "?)", list_of(known));
  }
  fail(item, "an unknown key (did you mean '" + meant + "'?)", misplaced(meant, place).expected);
}

}  // namespace gpu_sweep
