#include "engine/store/salvage/hidden_runs.h"

#include "engine/store/database/run_schema.h"
#include "engine/store/salvage/carve.h"
#include "gpu_sweep/error.h"

namespace gpu_sweep {

std::set<std::string> unshown_runs(const std::filesystem::path& file, sqlite::Database& database,
                                   const LedgerContents& ledger) {
  std::set<std::string> unshown;
  if (ledger.runs.empty() || !sqlite::has_log(file)) return unshown;
  const std::set<std::string> shown = keys_of(database);
  for (const auto& [key, run] : ledger.runs) {
    if (!shown.contains(key)) unshown.insert(key);
  }
  return unshown;
}

void check_hidden_runs(const std::filesystem::path& file, const std::set<std::string>& unshown,
                       const std::stop_token& stop) {
  if (unshown.empty()) return;
  std::set<std::string> found;
  const CarveVisitor visitor{[&](const RunRow& row) {
                               if (unshown.contains(row.key)) found.insert(row.key);
                             },
                             [](const std::string&, const std::string&) {}};
  carve_store(file, visitor, stop);
  if (stop.stop_requested()) {
    throw Error(ExitCode::kBusy, file.string() + " lacks runs; looking for them in its log was stopped");
  }
  if (found.empty()) return;
  throw Error(ExitCode::kCorrupt,
              file.string() + "-wal is damaged: SQLite drops a transaction that was durable, with " +
                  std::to_string(found.size()) + " finished run" + (found.size() == 1 ? "" : "s"));
}

}  // namespace gpu_sweep
