// Collects the optimizer settings of an experiment that have no effect on some of its models.
#pragma once

#include <string>
#include <vector>

#include "engine/experiment/model_draft.h"

namespace gpu_sweep {

/// Scalars that an experiment states for models whose optimizers do not have them, together with these
/// models.
class UnusedScalars {
 public:
  /// Adds the unused scalars of a draft to which all tables have been applied. The draft must have a name.
  void note(const ModelDraft& draft);

  /// Returns lines such as "study.toml:4: defaults.optimizer.momentum: 0.9 has no effect on 'm' and 2 more:
  /// adam has no momentum ...", in the order in which the scalars were first added.
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
