#include "gpu_sweep/experiment.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <set>

#include "engine/experiment/class_keys.h"
#include "engine/experiment/contradictions.h"
#include "engine/experiment/equal_models.h"
#include "engine/experiment/grid.h"
#include "engine/experiment/key_places.h"
#include "engine/experiment/model_draft.h"
#include "engine/experiment/model_keys.h"
#include "engine/experiment/toml_depth.h"
#include "engine/experiment/toml_item.h"
#include "engine/experiment/totals.h"
#include "engine/experiment/unused_scalars.h"
#include "gpu_sweep/error.h"

namespace gpu_sweep {
namespace {

/// Reads the experiment's name, which is also the name of a directory.
std::string read_experiment_name(const TomlItem& item) {
  std::string name = read_plain_name(item);
  if (name.front() == '.' || name.find('/') != std::string::npos) {
    fail(item, describe(*item.value), "a name that can name a directory: no '/', no leading '.'");
  }
  return name;
}

/// Throws the error for a missing key. The error names the line of the table that should contain the key.
[[noreturn]] void fail_missing(const TomlItem& place, const std::string& key, const std::string& expected) {
  TomlItem missing = place;
  missing.path += (missing.path.empty() ? "" : ".") + key;
  fail(missing, "nothing", expected);
}

void read_defaults(const TomlItem& item, ModelDraft& defaults) {
  for (const TomlItem& part : items_of(read_table(item, "a table"), item.file, item.path)) {
    check_place(part, KeyPlace::kDefaults, model_keys());
    set_model_key(defaults, part);
  }
}

/// A draft, together with its place in the file. Errors that are found later name this place.
struct PlacedDraft {
  TomlItem place;
  ModelDraft draft;
};

PlacedDraft read_model(const TomlItem& item, const ModelDraft& defaults) {
  std::vector<std::string> known = model_keys();
  known.insert(known.begin(), "name");
  ModelDraft draft = defaults;
  for (const TomlItem& part : items_of(read_table(item, "a [[model]] table"), item.file, item.path)) {
    check_place(part, KeyPlace::kModel, known);
    if (part.key == "name") {
      draft.spec.name = read_plain_name(part);
    } else {
      set_model_key(draft, part);
    }
  }
  if (draft.spec.name.empty()) fail_missing(item, "name", name_expected());
  return {item, std::move(draft)};
}

void resolve_models(const std::vector<PlacedDraft>& models, const std::vector<GridAxis>& axes,
                    Experiment& experiment) {
  std::vector<ModelSpec>& resolved = experiment.models;
  std::set<std::string> names;
  UnusedScalars unused;
  for (const PlacedDraft& model : models) {
    for (const ModelDraft& draft : apply_grid({model.draft}, axes)) {
      if (!draft.has_hidden)
        fail_missing(model.place, "hidden", "an array of layer widths such as [256, 128]");
      if (!names.insert(draft.spec.name).second) {
        fail(model.place, "a second model named " + shown_text(draft.spec.name), "unique names");
      }
      resolved.push_back(draft.spec);
      resolved.back().optimizer = draft.optimizer.resolved();
      const OptimizerSpec& unmerged = draft.optimizer.unmerged();
      if (unmerged != resolved.back().optimizer) {
        experiment.unmerged_optimizers.emplace(draft.spec.name, unmerged);
      }
      unused.note(draft);
    }
    if (resolved.size() > kMaxModels) {
      fail(model.place, "more than " + std::to_string(kMaxModels) + " models in all",
           "at most " + std::to_string(kMaxModels));
    }
  }
  experiment.warnings = unused.lines();
}

void apply_overrides(Experiment& experiment, const std::vector<GridAxis>& axes,
                     const ExperimentOverrides& overrides) {
  if (overrides.runs) experiment.runs = *overrides.runs;
  if (overrides.seed) experiment.seed = *overrides.seed;
  if (overrides.max_diverged) experiment.analysis.max_diverged = *overrides.max_diverged;
  if (overrides.smallest_difference) experiment.analysis.smallest_difference = overrides.smallest_difference;
  if (!overrides.epochs) return;
  for (const GridAxis& axis : axes) {
    if (axis.item.key == "epochs") fail(axis.item, "several values and --epochs", "only one of the two");
  }
  for (ModelSpec& model : experiment.models) model.epochs = *overrides.epochs;
}

/// Returns the reason why the model needs validation rows, or "" if it does not.
std::string need_of_validation(const ModelSpec& model) {
  const std::string without = " with validation = \"none\", expected ";
  if (watches_validation(model.early_stopping.monitor)) {
    return std::string("early_stopping: found ") + to_string(model.early_stopping.monitor) + without +
           "validation rows to judge epochs by";
  }
  if (watches_validation(model.schedule.monitor)) {
    return std::string("schedule: found ") + to_string(model.schedule.kind) + without +
           "validation rows to judge epochs by";
  }
  return "";
}

/// Throws an error if the experiment has no validation rows although it has several models, or a model that
/// needs such rows.
void check_validation(const Experiment& experiment, const TomlItem* validation, const std::string& file) {
  if (!experiment.data.validation || !experiment.data.validation->is_none()) return;
  if (experiment.models.size() > 1) {
    fail(*validation, "none with " + std::to_string(experiment.models.size()) + " models",
         "one model, or rows held out: models are compared and chosen by them, not by the test split");
  }
  for (const ModelSpec& model : experiment.models) {
    const std::string need = need_of_validation(model);
    if (need.empty()) continue;
    throw Error(ExitCode::kUsage, file + ": model " + shown_text(model.name) + ": " + need);
  }
}

/// Throws an error if the settings of a model exclude each other.
void check_models(const Experiment& experiment, const std::string& file) {
  for (const ModelSpec& model : experiment.models) {
    const std::string found = contradiction_in(model);
    if (found.empty()) continue;
    throw Error(ExitCode::kUsage, file + ": model " + shown_text(model.name) + ": " + found);
  }
}

void check_totals(const Experiment& experiment, const TomlItem& top) {
  const std::optional<Excess> excess = excess_of(experiment);
  if (!excess) return;
  TomlItem item = top;
  item.path = excess->key;
  fail(item, excess->found, excess->expected);
}

Experiment resolve(const toml::table& document, const std::string& file,
                   const ExperimentOverrides& overrides) {
  TomlItem top{file, 1, "", "", &document};
  std::vector<TomlItem> items = items_of(document, file, "");
  const auto find = [&items](const char* key) -> const TomlItem* {
    for (const TomlItem& item : items) {
      if (item.key == key) return &item;
    }
    return nullptr;
  };
  for (const TomlItem& item : items) check_place(item, KeyPlace::kTop, top_keys());

  Experiment experiment;
  const TomlItem* name = find("name");
  if (name == nullptr) fail_missing(top, "name", name_expected());
  experiment.name = read_experiment_name(*name);

  const TomlItem* runs = find("runs");
  if (runs == nullptr) fail_missing(top, "runs", kRunsRange.to_string());
  experiment.runs = static_cast<int>(read_integer(*runs, kRunsRange));
  top.line = runs->line;

  if (const TomlItem* seed = find("seed")) {
    experiment.seed = static_cast<std::uint64_t>(read_integer(*seed, kSeedRange));
    top.line = seed->line;
  }

  experiment.classes = read_classes(find("classes"), find("class_names"));
  if (const TomlItem* item = find("max_diverged")) {
    experiment.analysis.max_diverged = read_number(*item, NumberRange::kFraction);
  }
  if (const TomlItem* item = find("smallest_difference")) {
    experiment.analysis.smallest_difference = read_number(*item, NumberRange::kPoints);
  }
  experiment.data = read_data_settings(
      {find("normalize"), find("validation"), find("target"), find("test"), find("split"), find("judge")});

  ModelDraft defaults;
  if (const TomlItem* item = find("defaults")) read_defaults(*item, defaults);
  std::vector<GridAxis> axes;
  if (const TomlItem* item = find("grid")) axes = read_grid(*item);

  const std::string expected = "at least one [[model]] table";
  const TomlItem* model = find("model");
  if (model == nullptr) fail_missing({file, 1, "", "", &document}, "model", expected);
  std::vector<PlacedDraft> models;
  for (const TomlItem& item : elements_of(*model, expected)) models.push_back(read_model(item, defaults));
  if (models.empty()) fail(*model, "an empty array", expected);

  resolve_models(models, axes, experiment);
  apply_overrides(experiment, axes, overrides);
  check_models(experiment, file);
  check_validation(experiment, find("validation"), file);
  check_totals(experiment, top);
  for (std::string& line : equal_models(experiment.models)) {
    experiment.warnings.push_back(file + ": " + std::move(line));
  }
  return experiment;
}

}  // namespace

AnalysisSettings stated_for_finished_runs(AnalysisSettings settings, const AnalysisSettings& earlier) {
  const bool same = settings.smallest_difference == earlier.smallest_difference;
  settings.looks = earlier.looks;
  settings.stated_after_runs = same ? earlier.stated_after_runs : settings.smallest_difference.has_value();
  return settings;
}

Experiment parse_experiment(std::string_view text, const std::string& file,
                            const ExperimentOverrides& overrides) {
  check_toml_depth(text, file);
  toml::table document;
  try {
    document = toml::parse(text, file);
  } catch (const toml::parse_error& error) {
    const std::string why = shown_text(error.description());
    throw Error(ExitCode::kUsage, file + ":" + std::to_string(error.source().begin.line) +
                                      ": not TOML: " + why.substr(1, why.size() - 2));
  }
  return resolve(document, file, overrides);
}

Experiment load_experiment(const std::filesystem::path& file, const ExperimentOverrides& overrides) {
  const auto refuse = [&file](const std::string& found) {
    throw Error(ExitCode::kUsage,
                file.string() + ": found " + found + ", expected an experiment (TOML file)");
  };
  std::error_code error;
  const std::filesystem::file_status status = std::filesystem::status(file, error);
  if (!std::filesystem::status_known(status)) refuse("a file that cannot be looked up: " + error.message());
  if (!std::filesystem::exists(status)) refuse("no such file");
  if (std::filesystem::is_directory(status)) refuse("a directory");
  if (!std::filesystem::is_regular_file(status)) refuse("a pipe or a device");  // could be endless
  std::ifstream stream(file, std::ios::binary);
  if (!stream) refuse(std::string("a file that cannot be opened: ") + std::strerror(errno));
  constexpr std::size_t kLargestFile = std::size_t{1} << 20;
  std::string text(kLargestFile + 1, '\0');
  stream.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (stream.bad()) refuse("a file that cannot be read");
  text.resize(static_cast<std::size_t>(stream.gcount()));
  if (text.size() > kLargestFile) refuse("more than 1 MiB");
  return parse_experiment(text, file.string(), overrides);
}

}  // namespace gpu_sweep
