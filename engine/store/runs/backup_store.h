// Copies a result directory consistently, even while another process writes to it.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

namespace gpu_sweep {

struct BackupOutcome {
  std::size_t runs = 0;
  std::size_t probabilities = 0;     ///< copied runs whose class probabilities are in `to`
  std::vector<std::string> damaged;  ///< runs and probability files that are not copied; one line each
  std::vector<std::string> missing;  ///< RunStore::missing of `from`
  std::vector<std::string> unread;   ///< files of class probabilities that could not be read; one line each
  std::vector<std::string> remarks;  ///< RunStore::remarks and RunStore::replaced of `from`
};

/// Copies a consistent state of the store of `from` into the directory `to`, with a ledger and all readable
/// class probabilities of its runs. The store gets its final name in `to` only when everything is there.
/// In the copy, damaged runs are in the table damaged_runs, and the ledger names the copied runs and all runs
/// that the ledger of `from` names. Throws what RunStore::open throws for `from`, and Error(kCorrupt) also if
/// its log is damaged; Error(kUsage) if `to` holds results, Error(kBusy) if it is in use, and Error(kOutput)
/// if it cannot be written.
BackupOutcome backup_store(const std::filesystem::path& from, const std::filesystem::path& to);

}  // namespace gpu_sweep
