// A copy of a result directory, consistent whoever writes to it meanwhile.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

namespace gpu_sweep {

struct BackupOutcome {
  std::size_t runs = 0;
  std::size_t probabilities = 0;  ///< runs whose class probabilities were copied
  std::vector<std::string>
      damaged;  ///< what could not be copied, or was lost before, one line each for the user
  std::vector<std::string> remarks;  ///< of `from`, as RunStore::remarks has them
};

/// Copies the store of `from` as it stands at one moment into the directory `to`, with a ledger and the class
/// probabilities of its runs; `to` holds the store once all is there. Damaged runs are set aside in the copy,
/// whose ledger names all that was lost. Throws Error(kUsage) where `to` holds
/// results, Error(kCorrupt) where the store of `from` is damaged, Error(kOutput) where `to` cannot be
/// written.
BackupOutcome backup_store(const std::filesystem::path& from, const std::filesystem::path& to);

}  // namespace gpu_sweep
