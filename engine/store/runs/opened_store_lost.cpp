// Compares the runs of an open store with those that its ledger names.
#include <algorithm>
#include <set>
#include <utility>

#include "engine/experiment/hyper_parameters.h"
#include "engine/store/runs/missing_runs.h"
#include "engine/store/runs/opened_store.h"

namespace gpu_sweep {

std::vector<LedgerRun> RunStore::Impl::lost_runs() const {
  std::set<std::pair<std::string, std::uint64_t>> there;  // the ledger may name a run by a damaged key
  for (const auto& [key, run] : runs) there.emplace(run.model, run.seed);
  std::vector<LedgerRun> list;
  for (const auto& [key, run] : witness.runs) {
    if (!runs.contains(key) && !there.contains({run.model, run.seed})) list.push_back(run);
  }
  return list;
}

std::vector<std::string> lines_by_model(const std::vector<LedgerRun>& runs, const std::string& what) {
  std::map<std::string, std::vector<std::uint64_t>> seeds;  // by model
  for (const LedgerRun& run : runs) seeds[run.model].push_back(run.seed);
  std::vector<std::string> lines;
  for (auto& [model, list] : seeds) {
    std::ranges::sort(list);
    list.erase(std::unique(list.begin(), list.end()), list.end());
    lines.push_back(shown_text(model) + ": " + seeds_text(list) + what);
  }
  return lines;
}

std::vector<std::string> RunStore::Impl::replaced() const {
  std::vector<LedgerRun> list;
  for (const auto& [key, run] : runs) {
    const auto found = witness.runs.find(key);
    if (found != witness.runs.end() && found->second.sha256 != run.sha256) list.push_back(run);
  }
  return lines_by_model(list, ": not as the ledger names them");
}

std::vector<LedgerRun> RunStore::Impl::unnamed_lost_runs() const {
  std::vector<LedgerRun> unnamed;
  for (const LedgerRun& run : lost_runs()) {
    RunRow row;
    row.model = run.model;
    row.seed = static_cast<std::int64_t>(run.seed);
    const std::string name = row_name(row);
    const bool named = std::ranges::any_of(
        damaged, [&](const std::string& line) { return line == name || line.starts_with(name + ": "); });
    if (!named) unnamed.push_back(run);
  }
  return unnamed;
}

std::vector<std::string> RunStore::Impl::lost_text(const std::vector<LedgerRun>& list) const {
  return lines_by_model(list, ": finished according to its ledger, but not in " + file.string());
}

std::vector<std::string> RunStore::Impl::lost() const { return lost_text(unnamed_lost_runs()); }

}  // namespace gpu_sweep
