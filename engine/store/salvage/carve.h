// Recovers the rows of a run store from its bytes, however damaged its structure is. Every row and every
// value about the study has a checksum, so those that match can be trusted.
#pragma once

#include <filesystem>
#include <functional>
#include <stop_token>
#include <string>

#include "engine/store/database/run_row.h"

namespace gpu_sweep {

/// Receives each row and value that matches its checksum. May receive a run more than once. The newest of
/// several versions of a value comes last.
struct CarveVisitor {
  std::function<void(const RunRow& row)> run;
  std::function<void(const std::string& name, const std::string& json)> study_value;
};

/// Looks for records at every byte of every page of `store` and of its write-ahead log, so it relies on
/// neither the file headers nor the trees, which may be damaged. Returns early after a stop request. Throws
/// Error(kOutput) if the disk cannot be read.
void carve_store(const std::filesystem::path& store, const CarveVisitor& visitor,
                 const std::stop_token& stop = {});

}  // namespace gpu_sweep
