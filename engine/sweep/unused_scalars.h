// Settings that an experiment states and a model cannot use.
#pragma once

#include <string>
#include <vector>

#include "engine/sweep/model_keys.h"

namespace gpu_sweep {

/// Stated scalars that an optimiser does not have, each with the models that do without it.
class UnusedScalars {
 public:
  /// Looks at a resolved draft, name included.
  void note(const ModelDraft& draft);

  /// "study.toml:4: defaults.optimizer.momentum: 0.9 has no effect on 'm' and 2 more models: adam has no
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
