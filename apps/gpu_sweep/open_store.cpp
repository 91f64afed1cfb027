#include "apps/gpu_sweep/open_store.h"

#include <set>

#include "apps/gpu_sweep/output.h"
#include "engine/report/html_report.h"
#include "engine/report/summary_json.h"
#include "engine/statistics/wording.h"
#include "engine/store/atomic_file.h"
#include "engine/store/probabilities.h"

namespace gpu_sweep {
namespace {

/// Keys of the runs that the store holds without their class probabilities. Says how many there are.
std::set<std::string> without_probabilities(const std::string& out, const std::vector<RunSpec>& runs,
                                            const RunStore& store, std::size_t images) {
  std::set<std::string> keys;
  for (const RunSpec& run : runs) {
    if (!store.contains(run.key) || keys.contains(run.key)) continue;
    const KeptProbabilities kept = find_probabilities(out, run.key, images);
    if (!kept.damage.empty()) warn(kept.damage);
    if (!kept.whole) keys.insert(run.key);
  }
  if (!keys.empty()) {
    warn("--keep-predictions: " + counted(keys.size(), "finished run") +
         " without class probabilities, trained again for them");
  }
  return keys;
}

}  // namespace

OpenedStore open_store(const std::string& out, const Experiment& experiment, const std::vector<RunSpec>& runs,
                       const Setup& setup, const PlanOptions& options) {
  RunStore store = RunStore::create_or_continue(out, experiment, make_provenance(setup));
  for (const std::string& damage : store.damaged()) {
    warn("damaged, what is missing is trained again: " + damage);
  }
  remove_unfinished_files(
      out, [](const std::string& name) { return name == kReportFile || name == kSummaryFile; });
  const int images = setup.dataset[Set::kTest].rows;
  std::set<std::string> again;
  if (options.keep_probabilities) {
    remove_unfinished_probabilities(out);
    again = without_probabilities(out, runs, store, static_cast<std::size_t>(images));
  }
  const auto done = [&](const std::string& key) { return store.contains(key) && !again.contains(key); };
  SnapshotStore snapshots(std::filesystem::path(out) / "snapshots", done);
  for (const std::string& damage : snapshots.damaged()) {
    warn("damaged snapshot, its run begins again: " + damage);
  }
  const auto epochs_done = [&](const std::string& key) { return snapshots.epochs_done(key); };
  std::vector<GroupSpec> left = plan_groups(runs, setup.dataset, options, done, epochs_done);
  if (options.keep_probabilities) {
    std::uint64_t runs_left = 0;
    for (const GroupSpec& group : left) runs_left += group.runs.size();
    require_space(out, probabilities_bytes(runs_left, images, setup.dataset.classes));
  }
  return {std::move(store), std::move(snapshots), std::move(left)};
}

SnapshotEvents snapshot_events(const SnapshotInterval& interval, SnapshotStore& snapshots) {
  SnapshotEvents events;
  events.interval = interval;
  events.load = [&](const RunSpec& run) { return snapshots.load(run.key); };
  events.drop = [&](const RunRecord& run) { snapshots.drop(run.key); };
  if (!interval.never()) {
    events.keep = [&](const std::vector<Snapshot>& group) {
      for (const Snapshot& snapshot : group) snapshots.keep(snapshot);
    };
  }
  return events;
}

}  // namespace gpu_sweep
