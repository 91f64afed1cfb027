#include "engine/study/keep_runs.h"

#include <algorithm>

#include "engine/store/runs/probabilities.h"
#include "gpu_sweep/error.h"

namespace gpu_sweep {

NamesOfRuns names_of(const std::vector<RunSpec>& runs) {
  NamesOfRuns names;
  for (const RunSpec& run : runs) names[run.key].push_back(run.model.name);
  return names;
}

std::size_t count_kept(const RunStore& store, const NamesOfRuns& names) {
  return static_cast<std::size_t>(
      std::ranges::count_if(names, [&](const auto& run) { return store.contains(run.first); }));
}

void require_in_place(RunStore& store) { store.add(std::vector<RunRecord>{}); }

std::string diverged_line(const RunRecord& run) {
  return "'" + run.model + "' seed " + std::to_string(run.seed) + " diverged in epoch " +
         std::to_string(run.diverged_epoch.value()) + ": excluded from the tables";
}

std::function<void(const Trained& group)> keep_in(RunStore& store, const Dataset& dataset,
                                                  const NamesOfRuns& names,
                                                  const std::filesystem::path& weights) {
  return [&store, &dataset, &names, weights](const Trained& group) {
    for (std::size_t i = 0; i < group.records.size(); ++i) {
      const RunRecord& run = group.records[i];
      if (!weights.empty()) save_weights_of(run, group.weights[i], dataset, names, weights);
      if (!run.test_probabilities.empty()) {
        write_beside(store, [&](const std::filesystem::path& directory) {
          save_probabilities(directory, run, dataset[Split::kTest].labels);
        });
      }
    }
    store.add(group.records);
  };
}

void keep_wall_seconds(RunStore& store, double seconds, const DiskPatience& patience, const Warn& warn) {
  try {
    patience.write([&] { store.add_wall_seconds(seconds); });
  } catch (const OutOfSpace& error) {
    warn(std::string("wall time was not stored: ") + error.what());
  } catch (const Error& error) {
    if (error.code() != ExitCode::kBusy) throw;
    warn(std::string("wall time was not stored: ") + error.what());
  }
}

}  // namespace gpu_sweep
