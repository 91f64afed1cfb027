// What results that are read have lost, told without keeping from the user what is there.
#pragma once

#include <string>
#include <vector>

#include "engine/store/run_store.h"

namespace gpu_sweep {

class LostRuns {
 public:
  /// The intact runs of `store`. Warns of what it has lost: a line for each damaged run, and one for each
  /// model with runs that were finished and are not there.
  std::vector<RunRecord> intact_runs(const RunStore& store);

  /// When everything that is there is printed or written: throws Error(kCorrupt) where runs were lost.
  void check() const;

 private:
  std::string directories_;  ///< of stores that lost runs
};

}  // namespace gpu_sweep
