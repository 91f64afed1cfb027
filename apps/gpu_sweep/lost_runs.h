// What results that are read have lost, told without keeping from the user what is there.
#pragma once

#include <string>
#include <vector>

#include "engine/store/run_store.h"

namespace gpu_sweep {

/// Warns of what a store has lost: a line for each model with runs that were finished and are not there.
class LostRuns {
 public:
  explicit LostRuns(const std::vector<const RunStore*>& stores);

  /// When everything that is there is printed or written: throws Error(kCorrupt) where runs were lost.
  void check() const;

 private:
  std::string directories_;  ///< of those that lost runs
};

}  // namespace gpu_sweep
