// The hyper-parameters of one model as flags, equivalent to [[model]] in an experiment.
#pragma once

#include <CLI/CLI.hpp>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "gpu_sweep/model_spec.h"

namespace gpu_sweep {

class ModelFlags {
 public:
  explicit ModelFlags(CLI::App& app);
  ModelFlags(const ModelFlags&) = delete;  // the flags of the app point into this object
  ModelFlags& operator=(const ModelFlags&) = delete;

  /// Returns the model. Its name consists of its widths. Must be called after the flags are parsed. Throws
  /// Error(kUsage) if --hidden is missing, if a flag sets a scalar that the optimizer does not have, or if
  /// settings contradict each other.
  ModelSpec model() const;

 private:
  struct Scalar {
    std::string flag;  ///< "--learning-rate"
    std::string key;   ///< "learning_rate"
    std::optional<double> value;
  };

  void add_scalar(CLI::App& app, const std::string& key, const std::string& help);

  ModelSpec model_;  ///< the default values, overwritten by the flags that were given
  bool has_hidden_ = false;
  std::vector<std::unique_ptr<Scalar>> scalars_;
};

}  // namespace gpu_sweep
