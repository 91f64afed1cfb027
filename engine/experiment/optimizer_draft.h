// The optimizer of a model. It is collected while the tables that describe the model are read, the outermost
// first.
#pragma once

#include <string>
#include <vector>

#include "engine/experiment/hyper_parameters.h"
#include "engine/experiment/toml_item.h"

namespace gpu_sweep {

/// A scalar that is stated in a table applies to every optimizer that has it, until an inner table states it
/// again. Naming an optimizer, by a word or in a table, decides which scalars apply. Those that are not
/// stated have the defaults of this optimizer.
class OptimizerDraft {
 public:
  /// A scalar that a table states.
  struct Stated {
    OptimizerScalar scalar;
    double value = 0;
    std::string place;  ///< "study.toml:4: defaults.optimizer.momentum"
  };

  /// Reads the key `optimizer`. Its value is a name or a table of scalars, which may contain a name.
  void set(const TomlItem& item);
  /// Reads one scalar, such as learning_rate. The current optimizer must have this scalar.
  void set_scalar(const TomlItem& item);

  OptimizerSpec resolved() const;

  /// Returns the optimizer according to an older rule, which was in effect when some stores were written.
  /// Under this rule, naming an optimizer sets all its defaults and discards the scalars of outer tables.
  const OptimizerSpec& unmerged() const { return unmerged_; }

  /// Returns the stated scalars that the optimizer does not have. Returns no scalars if the table that names
  /// the optimizer also states scalars, because such a table describes the optimizer completely.
  std::vector<Stated> without_effect() const;

 private:
  void choose(OptimizerKind kind);
  void check_key(const TomlItem& item, bool may_be_name) const;

  OptimizerKind kind_ = OptimizerKind::kAdam;
  bool spelt_out_ = false;  ///< whether the table that chose kind_ also states scalars
  std::vector<Stated> stated_;
  OptimizerSpec unmerged_;
};

}  // namespace gpu_sweep
