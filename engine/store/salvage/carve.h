// Reads the rows of a run store out of its bytes, whatever became of its structure: every row and every value
// about the study carries a checksum, so what is found can be believed.
#pragma once

#include <filesystem>
#include <functional>
#include <stop_token>
#include <string>

#include "engine/store/database/run_row.h"

namespace gpu_sweep {

/// What is found, which matches its checksum. A run may be visited more than once; of several versions of a
/// value the newest comes last.
struct CarveVisitor {
  std::function<void(const RunRow& row)> run;
  std::function<void(const std::string& name, const std::string& json)> study_value;
};

/// Looks for records at every byte of every page of `store` and of its write-ahead log: neither headers nor
/// trees need to be sound. Returns early once a stop is requested. Throws Error(kOutput) where the disk
/// cannot be read.
void carve_store(const std::filesystem::path& store, const CarveVisitor& visitor,
                 const std::stop_token& stop = {});

}  // namespace gpu_sweep
