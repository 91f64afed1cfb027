// The optimizer of a model, collected while the tables that describe it are read, outermost first.
#pragma once

#include <string>
#include <vector>

#include "engine/experiment/hyper_parameters.h"
#include "engine/experiment/toml_item.h"

namespace gpu_sweep {

/// A stated scalar applies to every optimizer that has it, until an inner table states it again. Naming an
/// optimizer, by a word or in a table, selects the scalars that apply; those not stated have that optimizer's
/// defaults.
class OptimizerDraft {
 public:
  /// A scalar as a table states it.
  struct Stated {
    OptimizerScalar scalar;
    double value = 0;
    std::string place;  ///< "study.toml:4: defaults.optimizer.momentum"
  };

  /// Reads `optimizer`: a name, or a table of scalars with or without a name.
  void set(const TomlItem& item);
  /// Reads one scalar, such as learning_rate. The current optimizer must have it.
  void set_scalar(const TomlItem& item);

  OptimizerSpec resolved() const;

  /// Returns the optimizer that an older rule gives, under which some stores were written: naming an
  /// optimizer sets all its defaults and discards the scalars of outer tables.
  const OptimizerSpec& unmerged() const { return unmerged_; }

  /// Returns the stated scalars that the optimizer does not have. Returns none if the table that names the
  /// optimizer also states scalars, since such a table describes the optimizer completely.
  std::vector<Stated> without_effect() const;

 private:
  void choose(OptimizerKind kind);
  void check_key(const TomlItem& item, bool may_be_name) const;

  OptimizerKind kind_ = OptimizerKind::kAdam;
  bool spelt_out_ = false;  ///< the table that chose kind_ states scalars
  std::vector<Stated> stated_;
  OptimizerSpec unmerged_;
};

}  // namespace gpu_sweep
