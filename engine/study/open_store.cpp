#include "engine/study/open_store.h"

#include <set>

#include "engine/model/parameter_layout.h"
#include "engine/statistics/comparison.h"
#include "engine/statistics/until_decided.h"
#include "engine/statistics/wording.h"
#include "engine/store/runs/probabilities.h"
#include "engine/sweep/cost.h"
#include "gpu_sweep/error.h"
#include "kernels/optimizer/optimizer_properties.h"

namespace gpu_sweep {
namespace {

/// Returns which of the finished runs in `keys` have no intact class probabilities. Adds a warning for
/// damaged ones. A file that cannot be read may be intact, so its run is not trained again; the calibration
/// reports the file.
std::set<std::string> without_probabilities(const std::string& out, const std::set<std::string>& keys,
                                            std::size_t images, const Warn& warn) {
  std::set<std::string> without;
  for (const std::string& key : keys) {
    const KeptProbabilities kept = find_probabilities(out, key, images);
    if (!kept.damage.empty()) warn(kept.damage);
    if (!kept.whole && kept.unread.empty()) without.insert(key);
  }
  return without;
}

/// Returns the keys of the runs that must be trained again for their class probabilities, and adds a warning
/// with their number. If there are any, but the runs in `store` were trained with different numerics than
/// this program's, throws Error(kUsage).
std::set<std::string> trained_again(const std::string& out, const std::vector<RunSpec>& runs,
                                    const RunStore& store, std::size_t images, const Warn& warn) {
  std::set<std::string> finished;
  if (store.other_numerics().empty()) {
    for (const RunSpec& run : runs) {
      if (store.contains(run.key)) finished.insert(run.key);
    }
  } else {
    for (const RunRecord& run : store.runs()) finished.insert(run.key);
  }
  const std::set<std::string> again = without_probabilities(out, finished, images, warn);
  if (again.empty()) return again;
  const std::string found =
      "--keep-predictions: " + counted(again.size(), "finished run") + " without class probabilities";
  if (!store.other_numerics().empty()) {
    throw Error(ExitCode::kUsage, found + ", which this program would compute with different bits: " +
                                      store.other_numerics() + "; expected another folder");
  }
  warn(found + ", trained again to obtain them");
  return again;
}

}  // namespace

bool could_tell(const Experiment& complete) {
  const std::size_t models = complete.models.size();
  return models >= 2 && complete.runs >= fewest_runs(pairs_of(models));
}

OpenedStore open_store(const std::string& out, const Experiment& experiment, const std::vector<RunSpec>& runs,
                       const Setup& setup, const PlanOptions& options, const std::stop_token& stop,
                       const Warn& warn) {
  check_until_decided(experiment.analysis, setup.dataset.settings);
  StoreOptions options_of_store{{}, could_tell, stop, warn};
  for (const RunSpec& run : runs) options_of_store.runs.push_back({run.key, run.model.name, run.seed});
  RunStore store = RunStore::create_or_continue(out, experiment, make_provenance(setup), options_of_store);
  for (const std::string& remark : store.remarks()) warn(remark);
  for (const std::string& damage : store.damaged()) {
    warn("damaged, missing runs are trained again: " + damage);
  }
  if (!store.other_numerics().empty()) {
    warn("the runs in " + out + " were trained with different numerics than this program's (" +
         store.other_numerics() +
         "): existing results are shown, but more can only be trained in another folder");
  }
  const int images = setup.dataset[Split::kTest].rows;
  std::set<std::string> again;
  if (options.keep_probabilities) {
    remove_unfinished_probabilities(out);
    again = trained_again(out, runs, store, static_cast<std::size_t>(images), warn);
  }
  const auto done = [&](const std::string& key) { return store.contains(key) && !again.contains(key); };
  SnapshotStore snapshots(std::filesystem::path(out) / kSnapshotFolder, done);
  for (const RunSpec& run : runs) {
    if (snapshots.epochs_done(run.key) == 0) continue;
    const MlpSpec shape = empty_group(run.model, setup.dataset, setup.precision).shape;
    const auto parameters = static_cast<std::size_t>(parameter_layout(shape).parameters);
    snapshots.check(run.key, run.model.epochs, parameters,
                    static_cast<std::size_t>(moment_count(shape.optimizer)));
  }
  for (const std::string& damage : snapshots.damaged()) {
    warn("damaged snapshot, its run starts over: " + damage);
  }
  const auto epochs_done = [&](const std::string& key) { return snapshots.epochs_done(key); };
  std::vector<GroupSpec> left = plan_groups(runs, setup.dataset, options, done, epochs_done);
  if (options.keep_probabilities) {
    require_space(out, probabilities_bytes(count_runs(left), images, setup.dataset.classes));
  }
  return {std::move(store), std::move(snapshots), std::move(left)};
}

void write_beside(const RunStore& store,
                  const std::function<void(const std::filesystem::path& directory)>& write) {
  for (;;) {
    const std::filesystem::path directory = store.directory();
    try {
      write(directory);
      if (store.directory() == directory) return;
    } catch (const Error&) {
      if (store.directory() == directory) throw;
    }
  }
}

SnapshotEvents snapshot_events(const SnapshotInterval& interval, OpenedStore& opened,
                               const DiskPatience& patience) {
  SnapshotStore& snapshots = opened.snapshots;
  SnapshotEvents events;
  events.interval = interval;
  events.load = [&](const RunSpec& run) { return snapshots.load(run.key); };
  events.drop = [&](const RunRecord& run) { snapshots.drop(run.key); };
  if (!interval.never()) {
    events.keep = [&](const std::vector<Snapshot>& group) {
      const auto keep = [&](const std::filesystem::path& directory) {
        snapshots.follow(directory / kSnapshotFolder);
        for (const Snapshot& snapshot : group) snapshots.keep(snapshot);
      };
      patience.write([&] { write_beside(opened.store, keep); });
    };
  }
  return events;
}

}  // namespace gpu_sweep
