#include "engine/store/salvage/hidden_runs.h"

#include <set>
#include <string>

#include "engine/error.h"
#include "engine/store/database/run_schema.h"
#include "engine/store/salvage/carve.h"

namespace gpu_sweep {

void check_hidden_runs(const std::filesystem::path& file, sqlite::Database& database,
                       const LedgerContents& ledger, const std::stop_token& stop) {
  if (ledger.runs.empty() || !sqlite::has_log(file)) return;
  const std::set<std::string> shown = keys_of(database);
  std::set<std::string> hidden, found;
  for (const auto& [key, run] : ledger.runs) {
    if (!shown.contains(key)) hidden.insert(key);
  }
  if (hidden.empty()) return;
  const CarveVisitor visitor{[&](const RunRow& row) {
                               if (hidden.contains(row.key)) found.insert(row.key);
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
