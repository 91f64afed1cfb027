// The settings of an experiment that say how the rows of a data set become inputs and splits.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gpu_sweep {

/// How the numbers of a data set are transformed before they enter a network.
enum class Normalize : std::uint8_t {
  kScale,        ///< bytes divided by 255
  kStandardize,  ///< (x - mean) / deviation of each column
  kNone
};

const char* to_string(Normalize normalize);  ///< "scale", "standardize", "none"
std::optional<Normalize> parse_normalize(std::string_view name);
std::vector<std::string> normalize_names();

/// Rows that are held out of a file. The default is the split of the published study that the project repeats
/// (docs/what_is_computed.md).
struct HoldOut {
  double fraction = 1.0 / 6;  ///< of all rows, rounded up; 0: no rows
  std::uint32_t seed = 0;
  bool stratified = false;  ///< hold out the same share of every class
  bool is_none() const { return fraction == 0; }
  friend bool operator==(const HoldOut&, const HoldOut&) = default;
};
inline constexpr HoldOut kNoRows = {0};

/// Which runs share a division of the training file into training and validation rows.
enum class SplitPolicy : std::uint8_t {
  kShared,  ///< all runs have the same division
  kPerRun   ///< runs with equal seeds; the run with seed k is split with HoldOut::seed + k (mod 2^32)
};

const char* to_string(SplitPolicy policy);  ///< "shared", "per_run"
std::optional<SplitPolicy> parse_split_policy(std::string_view name);
std::vector<std::string> split_policy_names();

/// Settings that are part of a run's identity. A setting that is stated with its default value means the same
/// as a setting that is not stated: load_dataset keeps only settings that differ from the defaults for its
/// data.
struct DataSettings {
  std::optional<Normalize> normalize;  ///< nothing: kScale for bytes, kNone for other numbers
  /// The validation rows, held out of the training file; kNoRows: none. Absent: the validation set of the
  /// data if it has one, otherwise HoldOut{}.
  std::optional<HoldOut> validation;
  std::string target;           ///< column of a table that has the labels; empty for other data
  std::optional<HoldOut> test;  ///< the test rows, held out of a table that is the only file
  SplitPolicy split = SplitPolicy::kShared;
  /// Rows of the training file that take part neither in training nor in validation. Models are judged on
  /// them. Absent: no such rows. Must be absent with SplitPolicy::kPerRun.
  std::optional<HoldOut> judge = {};
  friend bool operator==(const DataSettings&, const DataSettings&) = default;
};

/// Returns one line per stated setting, such as "normalize standardize". Run keys contain the lines of
/// Dataset::settings.
std::vector<std::string> setting_lines(const DataSettings& settings);

/// An input of a network is (x - mean[j]) * scale[j] for a number x of column j.
struct Standardization {
  std::vector<double> mean;   ///< [D] of the training rows
  std::vector<double> scale;  ///< [D] 1 / deviation (divided by N); 1 for a column of equal values
  friend bool operator==(const Standardization&, const Standardization&) = default;
};

}  // namespace gpu_sweep
