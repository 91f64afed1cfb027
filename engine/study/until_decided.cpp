#include "engine/study/until_decided.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <set>

#include "engine/experiment/totals.h"
#include "engine/statistics/comparison.h"
#include "engine/statistics/wording.h"
#include "gpu_sweep/error.h"

namespace gpu_sweep {
namespace {

/// Returns the runs that `wanted` asks for. Of model i, these are the first wanted[i] seeds.
std::vector<RunSpec> wanted_runs(const std::vector<RunSpec>& runs, const Experiment& experiment,
                                 const std::vector<int>& wanted) {
  std::map<std::string, std::uint64_t> seeds;
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    seeds[experiment.models[i].name] = static_cast<std::uint64_t>(wanted[i]);
  }
  std::vector<RunSpec> found;
  std::ranges::copy_if(runs, std::back_inserter(found), [&](const RunSpec& run) {
    return run.seed - experiment.seed < seeds.at(run.model.name);
  });
  return found;
}

std::string round_text(const Experiment& experiment, const Purchase& purchase) {
  if (purchase.looks.empty()) {
    return "the first round has " + counted(static_cast<std::size_t>(first_round(experiment)), "seed");
  }
  const Look& last = purchase.looks.back();
  if (experiment.analysis.race) {
    return fmt::format(
        "{} of {} remain in the race after {}", with_thousands(static_cast<long long>(last.models)),
        counted(experiment.models.size(), "model"), counted(static_cast<std::size_t>(last.seeds), "seed"));
  }
  return with_thousands(static_cast<long long>(last.undecided)) + " of " +
         counted(pairs_of(experiment.models.size()), "pair") + (last.undecided == 1 ? " is" : " are") +
         " undecided after " + counted(static_cast<std::size_t>(last.seeds), "seed");
}

}  // namespace

void buy_until_decided(Experiment& experiment, const std::optional<int>& max_runs) {
  experiment.runs = max_runs.value_or(std::max(kDefaultMaxRuns, experiment.runs));
  experiment.analysis.until_decided = true;
  check_until_decided(experiment);
  if (const std::optional<Excess> excess = excess_of(experiment)) {
    throw Error(ExitCode::kUsage,
                excess->key + ": found " + excess->found + ", expected " + excess->expected);
  }
}

void buy_as_race(Experiment& experiment, const std::optional<int>& max_runs) {
  experiment.analysis.race = true;
  buy_until_decided(experiment, max_runs);
}

std::vector<RunSpec> runs_to_group(const std::vector<RunSpec>& runs, const Experiment& experiment) {
  if (!experiment.analysis.until_decided) return runs;
  return wanted_runs(runs, experiment, std::vector<int>(experiment.models.size(), first_round(experiment)));
}

bool train_rounds(OpenedStore& opened, const Experiment& experiment, const std::vector<RunSpec>& runs,
                  const Dataset& dataset, const PlanOptions& options,
                  const std::function<bool(const std::string& round)>& train) {
  std::set<std::string> left;
  for (const GroupSpec& group : opened.left) {
    for (const RunSpec& run : group.runs) left.insert(run.key);
  }
  const auto done = [&](const std::string& key) { return !left.contains(key); };
  const auto epochs_done = [&](const std::string& key) { return opened.snapshots.epochs_done(key); };
  for (;;) {
    const Purchase purchase =
        purchase_of(experiment, opened.store.runs(), opened.store.stored().provenance.test_labels);
    opened.left =
        plan_groups(wanted_runs(runs, experiment, purchase.wanted), dataset, options, done, epochs_done);
    if (opened.left.empty()) return true;
    if (!train(round_text(experiment, purchase))) return false;
    for (const GroupSpec& group : opened.left) {
      for (const RunSpec& run : group.runs) left.erase(run.key);
    }
  }
}

}  // namespace gpu_sweep
