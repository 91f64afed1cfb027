// Recovers what can still be read from a damaged store.
#pragma once

#include <cstddef>
#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <stop_token>
#include <string>

#include "engine/store/database/sqlite.h"

namespace gpu_sweep {

/// Values about the study from other sources, used for values that cannot be read from the store. A known
/// experiment is also used if it extends the one in the store.
struct StudyWitness {
  std::map<std::string, std::string> known;  ///< JSON by name, from the store's ledger
  /// JSON by name, for the experiment that the caller wants to continue; may be empty. If one of these values
  /// is needed, only the runs in `keys` are taken.
  std::map<std::string, std::string> assumed;
  std::set<std::string> keys;
};

struct Salvaged {
  std::size_t runs = 0;  ///< taken, including those already in the target
  std::size_t left = 0;  ///< intact but not taken: not runs of the assumed experiment
};

/// Writes into `to`, an empty database or a sound store, every run of `damaged` that matches its checksum,
/// wherever it is in the file or its log, and the best known values about the study. Returns nothing if a
/// value other than the wall time is in none of the sources. Only reads `damaged`. Throws Error(kOutput) if a
/// file cannot be read or written, and Error(kBusy) after a stop request.
std::optional<Salvaged> salvage_store(const std::filesystem::path& damaged, sqlite::Database& to,
                                      const StudyWitness& witness, const std::stop_token& stop = {});

/// Counts the intact runs of `damaged` and its log that are not in `keys`. Throws what salvage_store throws.
std::size_t count_other_runs(const std::filesystem::path& damaged, const std::set<std::string>& keys,
                             const std::stop_token& stop);

/// Removes a database and its side files, if they exist. Ignores failures.
void remove_database(const std::filesystem::path& file);

}  // namespace gpu_sweep
