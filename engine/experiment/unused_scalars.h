// Collects the optimizer settings of an experiment that have no effect on some of its models.
#pragma once

#include <string>
#include <vector>

#include "engine/experiment/model_draft.h"

namespace gpu_sweep {

/// The scalars that an experiment states for models whose optimizers do not have them, and these models.
class UnusedScalars {
 public:
  /// Adds the unused scalars of a resolved draft, whose name must be set.
  void note(const ModelDraft& draft);

  /// Returns "study.toml:4: defaults.optimizer.momentum: 0.9 has no effect on 'm' and 2 more: adam has no
  /// momentum ...", in the order of first appearance.
  std::vector<std::string> lines() const;

 private:
  struct Unused {
    std::string what;
    std::string why;
    std::string first_model;
    std::size_t more_models = 0;
  };
  std::vector<Unused> all_;
};

}  // namespace gpu_sweep
