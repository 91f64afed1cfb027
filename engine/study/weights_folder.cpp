#include "engine/study/weights_folder.h"

#include <algorithm>
#include <set>

#include "engine/report/export/file_name.h"
#include "engine/statistics/wording.h"
#include "engine/store/database/sqlite.h"
#include "engine/store/files/atomic_file.h"
#include "engine/store/runs/store_file.h"
#include "gpu_sweep/error.h"
#include "gpu_sweep/weights_file.h"

namespace gpu_sweep {

namespace fs = std::filesystem;

namespace {

bool has_weights(const fs::path& folder, const RunSpec& run) {
  const fs::path file = weights_path(folder, run.model.name, run.seed);
  std::error_code error;
  const fs::file_status status = fs::symlink_status(file, error);
  if (fs::status_known(status)) return fs::exists(status);
  throw Error(ExitCode::kOutput, "cannot read " + file.string() + ": " + error.message());
}

void refuse_weights_of_others(const std::vector<RunSpec>& runs, const std::vector<GroupSpec>& left,
                              const fs::path& folder) {
  std::set<std::string> trained;
  for (const GroupSpec& group : left) {
    for (const RunSpec& run : group.runs) trained.insert(run.key);
  }
  for (const RunSpec& run : runs) {
    if (!trained.contains(run.key) || !has_weights(folder, run)) continue;
    const fs::path file = weights_path(folder, run.model.name, run.seed);
    if (run_of_weights(file) == run.key) continue;
    throw Error(ExitCode::kUsage,
                "--save-weights: " + file.string() +
                    " would be overwritten and belongs to another study, expected a folder without it");
  }
}

void remove_unfinished_weights(const std::vector<RunSpec>& runs, const fs::path& folder) {
  std::set<std::string> names;
  for (const RunSpec& run : runs) {
    names.insert(weights_path(folder, run.model.name, run.seed).filename().string());
  }
  remove_unfinished_files(folder, [&](const std::string& name) { return names.contains(name); });
}

void warn_of_missing_weights(const std::vector<RunSpec>& runs, const RunStore& store, const fs::path& folder,
                             const Warn& warn) {
  const auto missing = std::ranges::count_if(
      runs, [&](const RunSpec& run) { return store.contains(run.key) && !has_weights(folder, run); });
  if (missing == 0) return;
  warn("--save-weights: " + counted(static_cast<std::size_t>(missing), "run") +
       (missing == 1 ? " was trained before and has" : " were trained before and have") + " no weights in " +
       folder.string());
}

}  // namespace

void refuse_weights_of_studies(const std::vector<RunSpec>& runs, const fs::path& out,
                               const fs::path& folder) {
  const fs::path store = store_file(out);
  if (is_there(store) || sqlite::has_log(store)) return;
  const auto there =
      std::ranges::count_if(runs, [&](const RunSpec& run) { return has_weights(folder, run); });
  if (there == 0) return;
  throw Error(ExitCode::kUsage, "--save-weights: " + folder.string() + " holds the weights of " +
                                    counted(static_cast<std::size_t>(there), "run") +
                                    " that would be overwritten, and " + out.string() +
                                    " has no runs yet: expected a folder without them");
}

void prepare_weights_folder(const std::vector<RunSpec>& runs, const std::vector<GroupSpec>& left,
                            const RunStore& store, const fs::path& folder, const Warn& warn) {
  refuse_weights_of_others(runs, left, folder);
  remove_unfinished_weights(runs, folder);
  warn_of_missing_weights(runs, store, folder, warn);
}

void save_weights_of(const RunRecord& run, const Weights& weights, const Dataset& dataset,
                     const NamesOfRuns& names, const fs::path& folder) {
  InputRecipe recipe = {dataset.settings, dataset.standardization};
  if (dataset.has_split_per_run()) recipe.seed = run.seed;
  for (const std::string& name : names.at(run.key)) {
    save_weights(weights_path(folder, name, run.seed), weights, run.key, recipe);
  }
}

std::filesystem::path weights_path(const std::filesystem::path& directory, const std::string& model,
                                   std::uint64_t seed) {
  return directory / (file_name(model) + ", seed " + std::to_string(seed) + ".npz");
}

}  // namespace gpu_sweep
