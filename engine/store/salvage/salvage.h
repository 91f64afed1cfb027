// What can still be read out of a store that is damaged.
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

/// What is known of a store from elsewhere, for values about the study that cannot be read in it.
struct StudyWitness {
  std::map<std::string, std::string> known;  ///< JSON by name, as its ledger has it
  /// JSON by name of the experiment that the caller means to continue; may be empty. Where it has to stand in
  /// for what was there, only its own runs are taken: those of `keys`.
  std::map<std::string, std::string> assumed;
  std::set<std::string> keys;
};

/// What was read out of a damaged store, in finished runs.
struct Salvaged {
  std::size_t runs = 0;  ///< taken, with those that were there
  std::size_t left = 0;  ///< intact and not taken: not of the experiment that had to be assumed
};

/// Writes into `to`, an empty database or a sound store, every run of `damaged` that matches its checksum,
/// wherever it stands in the file or its log, and what is known best about the study. Nothing where the
/// experiment is not known from anywhere. `damaged` is only read. Throws Error(kOutput), and Error(kBusy)
/// once a stop is requested.
std::optional<Salvaged> salvage_store(const std::filesystem::path& damaged, sqlite::Database& to,
                                      const StudyWitness& witness, const std::stop_token& stop = {});

/// How many intact runs `damaged` and its log hold besides those of `keys`. Throws what salvage_store throws.
std::size_t count_other_runs(const std::filesystem::path& damaged, const std::set<std::string>& keys,
                             const std::stop_token& stop);

/// Removes a database and its side files, if they are there.
void remove_database(const std::filesystem::path& file);

}  // namespace gpu_sweep
