// The results of a study, read from its folder.
#pragma once

#include <nanobind/nanobind.h>

#include <filesystem>
#include <string>
#include <vector>

#include "engine/report/calibrations.h"
#include "engine/report/text/comparison_tables.h"
#include "gpu_sweep/run_store.h"

namespace gpu_sweep::python {

/// The intact runs of a store. They are read once, without a lock.
class Study {
 public:
  /// Throws what RunStore::open throws.
  explicit Study(const std::string& directory);

  const std::string& directory() const { return directory_; }
  const StoredExperiment& stored() const { return stored_; }
  const std::vector<RunRecord>& runs() const { return runs_; }
  /// Returns remarks about the store, and descriptions of damaged or missing runs, as one line each.
  const std::vector<std::string>& warnings() const { return warnings_; }
  const Calibrations& calibrations() const { return calibrations_; }

  /// Returns the runs of a model, seeds ascending. Throws Error(kUsage) with the nearest name if the study
  /// has no such model.
  std::vector<const RunRecord*> runs_of(const std::string& model) const;

  ComparedExperiment compared() const;

 private:
  std::string directory_;
  StoredExperiment stored_;
  std::vector<RunRecord> runs_;
  std::vector<std::string> warnings_;
  Calibrations calibrations_;
};

void bind_study(nanobind::module_& module);

}  // namespace gpu_sweep::python
