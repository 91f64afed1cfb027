#include "engine/store/database/experiment_changes.h"

#include <algorithm>
#include <iterator>
#include <nlohmann/json.hpp>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "engine/store/database/experiment_json.h"
#include "engine/store/formats/data_settings_json.h"

namespace gpu_sweep {

namespace {

using Json = nlohmann::ordered_json;

std::string arrow(const Json* old_value, const Json* new_value) {
  const auto print = [](const Json* value) { return value ? value->dump() : std::string("none"); };
  return print(old_value) + " -> " + print(new_value);
}

/// Appends to `changes` one line, "key: old -> new", for each key whose values differ between two objects. A
/// key of a nested object is named "outer.inner".
void compare(const std::string& prefix, const Json& old_object, const Json& new_object,
             std::vector<std::string>& changes) {
  const auto find = [](const Json& object, const std::string& key) {
    const auto found = object.find(key);
    return found == object.end() ? nullptr : &*found;
  };
  for (const auto& [key, old_value] : old_object.items()) {
    const Json* new_value = find(new_object, key);
    if (new_value && old_value.is_object() && new_value->is_object()) {
      compare(prefix + key + ".", old_value, *new_value, changes);
    } else if (!new_value || *new_value != old_value) {
      changes.push_back(prefix + key + ": " + arrow(&old_value, new_value));
    }
  }
  for (const auto& [key, new_value] : new_object.items()) {
    if (!find(old_object, key)) changes.push_back(prefix + key + ": " + arrow(nullptr, &new_value));
  }
}

/// Returns, by key, the values that must be equal in an experiment and in one that continues it.
/// experiment_changes compares the rest.
Json identity(const Experiment& experiment, const Provenance& provenance) {
  Json all = {{"name", experiment.name},
              {"seed", experiment.seed},
              {"precision", to_string(provenance.precision)},
              {"device_kind", provenance.device_kind},
              {"classes", provenance.class_names.size()},
              {"class_names", provenance.class_names},
              {"shard", provenance.shard ? Json(to_string(*provenance.shard)) : Json("none")},
              {"data",
               {{"train_images", provenance.data_sha256[0]},
                {"train_labels", provenance.data_sha256[1]},
                {"test_images", provenance.data_sha256[2]},
                {"test_labels", provenance.data_sha256[3]}}}};
  const Json settings = to_json(provenance.data_settings);
  for (const char* key : {"normalize", "validation", "target", "test", "split", "judge"}) {
    all[key] = settings.contains(key) ? settings[key] : Json("default");
  }
  return all;
}

/// Explains why an optimizer may have changed although the experiment file did not.
const std::string kMergingNote =
    "; naming an optimizer used to drop the values above it and now keeps the shared ones: state the old "
    "value to continue";

/// Collects changes in the order of their first appearance, each with the models that it affects.
class ModelChanges {
 public:
  struct Change {
    std::string text;
    std::string reason;  ///< set if the user did not cause the change
    std::vector<std::string> models;
  };

  void note(const std::string& text, const std::string& reason, const std::string& model) {
    const auto [place, is_new] = places_.try_emplace(text + reason, all_.size());
    if (is_new) all_.push_back({text, reason, {}});
    all_[place->second].models.push_back(model);
  }
  const std::vector<Change>& all() const { return all_; }

 private:
  std::vector<Change> all_;
  std::unordered_map<std::string, std::size_t> places_;
};

ModelChanges model_changes(const Experiment& old_experiment, const Experiment& new_experiment) {
  std::unordered_map<std::string_view, const ModelSpec*> new_models;
  for (const ModelSpec& model : new_experiment.models) new_models.emplace(model.name, &model);
  const auto was_unmerged = [&](const ModelSpec& old_model) {
    const auto unmerged = new_experiment.unmerged_optimizers.find(old_model.name);
    return unmerged != new_experiment.unmerged_optimizers.end() && unmerged->second == old_model.optimizer;
  };
  ModelChanges all;
  for (const ModelSpec& old_model : old_experiment.models) {
    const auto same = new_models.find(old_model.name);
    std::vector<std::string> changes;
    if (same == new_models.end()) {
      changes.push_back("model: present -> removed");
    } else {
      compare("", to_json(old_model), to_json(*same->second), changes);
    }
    for (const std::string& change : changes) {
      const bool merging = change.starts_with("optimizer.") && was_unmerged(old_model);
      all.note(change, merging ? kMergingNote : "", old_model.name);
    }
  }
  return all;
}

}  // namespace

std::vector<std::string> experiment_changes(const StoredExperiment& stored, const Experiment& experiment,
                                            const Provenance& provenance) {
  std::vector<std::string> changes;
  compare("", identity(stored.experiment, stored.provenance), identity(experiment, provenance), changes);
  std::ranges::move(numerics_changes(stored.provenance, provenance), std::back_inserter(changes));
  const std::vector<std::uint8_t>& labels = stored.provenance.test_labels;
  if (!labels.empty() && !provenance.test_labels.empty() && labels != provenance.test_labels) {
    changes.push_back("test_labels: those of the store -> those of the data");
  }
  const AnalysisSettings& before = stored.experiment.analysis;
  if (before.race && !experiment.analysis.race) {
    changes.push_back("--race: given -> not given (its runs were bought as a race)");
  } else if (before.until_decided && !before.race && experiment.analysis.race) {
    changes.push_back("--race: not given -> given (its runs were bought by --until-decided)");
  } else if (before.until_decided && !experiment.analysis.until_decided) {
    changes.push_back("--until-decided: given -> not given (its runs are judged as such)");
  }
  if (experiment.runs < stored.experiment.runs) {
    const bool bought = stored.experiment.analysis.until_decided && experiment.analysis.until_decided;
    changes.push_back(std::string(bought ? "--max-runs: " : "runs: ") +
                      std::to_string(stored.experiment.runs) + " -> " + std::to_string(experiment.runs) +
                      " (fewer)");
  }
  const ModelChanges of_models = model_changes(stored.experiment, experiment);
  for (const auto& [change, reason, models] : of_models.all()) {
    const std::string whose = models.size() == 1 ? "of \"" + models.front() + "\""
                                                 : "of " + std::to_string(models.size()) + " models";
    changes.push_back(change + " (" + whose + reason + ")");
  }
  return changes;
}

std::vector<std::string> numerics_changes(const Provenance& stored, const Provenance& provenance) {
  std::vector<std::string> changes;
  const auto compare_values = [&](const char* key, const Json& old_value, const Json& new_value) {
    if (old_value != new_value) changes.push_back(std::string(key) + ": " + arrow(&old_value, &new_value));
  };
  if (!stored.numerics.empty() && !provenance.numerics.empty()) {
    compare_values("numerics", stored.numerics, provenance.numerics);
  }
  compare_values("numerics_version", stored.numerics_version, provenance.numerics_version);
  return changes;
}

std::string in_one_line(const std::vector<std::string>& changes) {
  std::string line;
  for (const std::string& change : changes) line += (line.empty() ? "" : "; ") + change;
  return line;
}

}  // namespace gpu_sweep
