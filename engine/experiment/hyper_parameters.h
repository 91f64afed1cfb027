// Names and ranges of hyper-parameters, for experiments as well as for flags.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/data/shown_text.h"
#include "gpu_sweep/model_spec.h"

namespace gpu_sweep {

/// A range of integers that includes both ends.
struct IntegerRange {
  std::int64_t least = 0;
  std::int64_t most = 0;

  bool contains(std::int64_t value) const { return least <= value && value <= most; }
  std::string to_string() const;  ///< "an integer from 1 to 65536"
};

/// Whether a key existed in the first version. This decides where the key is stated.
enum class KeyAge : std::uint8_t {
  kFirstVersion,  ///< every store and every run key states it
  kAddedLater,  ///< if a store lacks it, the default holds; files and run keys state it only if it is not the
                ///< default
};

enum class NumberRange : std::uint8_t {
  kFraction,     ///< [0, 1)
  kPositive,     ///< (0, infinity)
  kNotNegative,  ///< [0, infinity)
  kCount,        ///< 1, 2, ..., up to the largest number of epochs
  kPoints,       ///< (0, 100]: a difference of accuracies in percentage points
  kShare,        ///< (0, 1), of the data's rows; not rounded to float
};

/// Returns whether `value` is in the range. Except for kShare, it must also be in the range after rounding to
/// float, which is the type used in training. A positive number that rounds to 0 counts as 0 in kFraction,
/// but is invalid in kPositive, kNotNegative and kPoints: 0 is outside two of these ranges, and often means
/// "off" in kNotNegative.
bool contains(NumberRange range, double value);
/// Returns a description of the range, with the limits of float: "a number above 0 that a float can hold
/// (1.5e-45 to 3.4e38)".
std::string to_string(NumberRange range);

constexpr IntegerRange kRunsRange{1, 100'000};
constexpr IntegerRange kSeedRange{0, INT64_MAX};  ///< of every run's seed: stores keep signed integers
constexpr IntegerRange kEpochsRange{1, 1'000'000};
constexpr IntegerRange kBatchRange{1, 1'000'000};
constexpr IntegerRange kWidthRange{1, 65'536};
constexpr IntegerRange kClassesRange{2, 256};
constexpr IntegerRange kHoldOutSeedRange{0, UINT32_MAX};
constexpr std::size_t kMaxHiddenLayers = 64;
constexpr std::size_t kMaxModels = 10'000;
constexpr std::size_t kMaxRunsInAll = 1'000'000;

/// A scalar of one kind of optimizer, as a key of its table: "learning_rate", "beta1", ...
struct OptimizerScalar {
  const char* key;
  double OptimizerSpec::*value;
  NumberRange range;
  double default_value;  ///< of this kind of optimizer
  KeyAge age;

  /// Returns whether tables and files omit the scalar. They do so if it was added later and has its default
  /// value, so that they look like those of older versions.
  bool is_unsaid(const OptimizerSpec& spec) const {
    return age == KeyAge::kAddedLater && spec.*value == default_value;
  }
};

/// Returns the scalars that this kind uses, in the order in which files and messages list them.
std::span<const OptimizerScalar> optimizer_scalars(OptimizerKind kind);

/// Returns the keys of the scalars of all kinds. Each key occurs once.
std::vector<std::string> optimizer_scalar_keys();
/// Returns the help text of a scalar's flag: the meaning of the scalar, the kinds that have it (unless all
/// kinds do), and its defaults.
std::string optimizer_scalar_help(std::string_view key);
/// Returns the names of the kinds that have a scalar with this key. Empty if no kind has one.
std::vector<std::string> optimizers_with(std::string_view key);

/// Each function returns names in the order of the enumerators, for messages and help texts.
std::vector<std::string> activation_names();
std::vector<std::string> optimizer_names();
std::vector<std::string> precision_names();

/// Each function returns nothing if the name is unknown.
std::optional<Activation> parse_activation(std::string_view name);
std::optional<OptimizerKind> parse_optimizer(std::string_view name);
std::optional<Precision> parse_precision(std::string_view name);

/// Returns a list such as "relu, sigmoid or tanh".
std::string list_of(const std::vector<std::string>& names);

/// Returns the shortest text that converts back to the same double: "0.001".
std::string number_text(double value);

}  // namespace gpu_sweep
