// Reports the runs that damaged stores have lost, and still lets commands use the results that remain.
#pragma once

#include <string>
#include <vector>

#include "gpu_sweep/run_store.h"

namespace gpu_sweep {

class LostRuns {
 public:
  /// Returns the intact runs of `store`. Prints RunStore::remarks as warnings, and warns about lost runs,
  /// with one line per damaged run and one line per model with runs that had finished but are missing.
  std::vector<RunRecord> intact_runs(const RunStore& store);

  /// Throws Error(kCorrupt) if runs were lost. Must be called after everything that remains has been printed
  /// or written.
  void check() const;

 private:
  std::string directories_;  ///< of the stores that lost runs
};

}  // namespace gpu_sweep
