// What a store records about all of its runs: the experiment and the provenance of the results.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "gpu_sweep/experiment.h"
#include "gpu_sweep/run_key.h"
#include "gpu_sweep/shard.h"

namespace gpu_sweep {

/// Where the results come from. Written when the store is created. Only test_labels may be added later.
struct Provenance {
  std::string program_version;
  std::string device_kind;
  std::string device_name;
  std::string numerics;  ///< DeviceInfo::numerics; empty if not known
  int numerics_version = kNumericsVersion;
  Precision precision = Precision::kFp32;
  std::string data_directory;
  std::array<std::string, 4> data_sha256;
  DataSettings data_settings;  ///< settings that differ from the defaults for this data
  std::vector<std::string> class_names;
  int features = 0;
  int height = 0;
  int width = 0;
  /// [N test] the true classes of the test split, so that correct predictions can be counted without the
  /// data. A store of an earlier version has none until it is opened for writing with a provenance that has
  /// them.
  std::vector<std::uint8_t> test_labels;
  std::optional<Shard> shard;  ///< nothing if the store is for the whole experiment
};

struct StoredExperiment {
  Experiment experiment;
  Provenance provenance;
  double wall_seconds = 0;  ///< sum over all invocations that trained runs
};

}  // namespace gpu_sweep
