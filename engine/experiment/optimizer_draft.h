// The optimizer of a model while the tables that describe it are read, outermost first.
#pragma once

#include <string>
#include <vector>

#include "engine/experiment/hyper_parameters.h"
#include "engine/experiment/toml_item.h"

namespace gpu_sweep {

/// A stated scalar holds for every optimizer that has it, until it is stated again. Naming an optimizer, by a
/// word or in a table, chooses which scalars count; those not stated have that optimizer's defaults.
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

  /// The same by an older rule: a name brings all its defaults and discards the scalars of outer tables.
  /// Stores resolved by this rule exist.
  const OptimizerSpec& unmerged() const { return unmerged_; }

  /// Returns the stated scalars that the optimizer does not have. Empty if the table that names the optimizer
  /// states scalars itself: such a table is explicit.
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
