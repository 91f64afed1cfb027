// Reports runs lost from damaged stores, without withholding the results that remain.
#pragma once

#include <string>
#include <vector>

#include "gpu_sweep/run_store.h"

namespace gpu_sweep {

class LostRuns {
 public:
  /// Returns the intact runs of `store`. Warns of lost runs: one line per damaged run, and one per model with
  /// finished runs that are missing.
  std::vector<RunRecord> intact_runs(const RunStore& store);

  /// Call after printing or writing everything that remains. Throws Error(kCorrupt) if runs were lost.
  void check() const;

 private:
  std::string directories_;  ///< of the stores that lost runs
};

}  // namespace gpu_sweep
