// The optimiser of a model while the tables that describe it are read, outermost first.
#pragma once

#include <string>
#include <vector>

#include "engine/sweep/hyper_parameters.h"
#include "engine/sweep/toml_item.h"

namespace gpu_sweep {

/// Every scalar that was stated holds for every optimiser that has it, until it is stated again. Naming an
/// optimiser, by a word or in a table, chooses which scalars count; those that nobody stated have that
/// optimiser's defaults.
class OptimiserDraft {
 public:
  /// A scalar as a table gives it.
  struct Stated {
    OptimiserScalar scalar;
    double value = 0;
    std::string place;  ///< "study.toml:4: defaults.optimizer.momentum"
  };

  /// `optimizer`: a name, or a table of scalars with or without a name.
  void set(const TomlItem& item);
  /// One scalar, such as learning_rate, which the optimiser that is there must have.
  void set_scalar(const TomlItem& item);

  OptimiserSpec resolved() const;

  /// The same where a name brings all its defaults and keeps nothing of what stands above it. Stores whose
  /// experiments were resolved in this way exist.
  const OptimiserSpec& unmerged() const { return unmerged_; }

  /// Stated scalars that the optimiser does not have. None where the table that names it states scalars
  /// itself: such a table says what it wants.
  std::vector<Stated> without_effect() const;

 private:
  void choose(OptimiserKind kind);
  void check_key(const TomlItem& item, bool may_be_name) const;

  OptimiserKind kind_ = OptimiserKind::kAdam;
  bool spelt_out_ = false;  ///< the table that chose kind_ states scalars
  std::vector<Stated> stated_;
  OptimiserSpec unmerged_;
};

}  // namespace gpu_sweep
