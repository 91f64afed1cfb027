#include "gpu_sweep/data_settings.h"

#include <fmt/format.h>

#include <array>

#include "engine/data/enumerators.h"

namespace gpu_sweep {
namespace {

constexpr std::array kNormalizes = {Normalize::kScale, Normalize::kStandardize, Normalize::kNone};
constexpr std::array kSplitPolicies = {SplitPolicy::kShared, SplitPolicy::kPerRun};

std::string words_of(const HoldOut& rows) {
  if (rows.is_none()) return "none";
  return fmt::format("fraction {} seed {}{}", rows.fraction, rows.seed, rows.stratified ? " stratified" : "");
}

}  // namespace

const char* to_string(Normalize normalize) {
  switch (normalize) {
    case Normalize::kScale:
      return "scale";
    case Normalize::kStandardize:
      return "standardize";
    case Normalize::kNone:
      return "none";
  }
  return "?";
}

std::optional<Normalize> parse_normalize(std::string_view name) { return find_enumerator(kNormalizes, name); }

std::vector<std::string> normalize_names() { return enumerator_names(kNormalizes); }

const char* to_string(SplitPolicy policy) {
  switch (policy) {
    case SplitPolicy::kShared:
      return "shared";
    case SplitPolicy::kPerRun:
      return "per_run";
  }
  return "?";
}

std::optional<SplitPolicy> parse_split_policy(std::string_view name) {
  return find_enumerator(kSplitPolicies, name);
}

std::vector<std::string> split_policy_names() { return enumerator_names(kSplitPolicies); }

std::vector<std::string> setting_lines(const DataSettings& settings) {
  std::vector<std::string> lines;
  if (settings.normalize) lines.push_back(std::string("normalize ") + to_string(*settings.normalize));
  if (settings.validation) lines.push_back("validation " + words_of(*settings.validation));
  if (!settings.target.empty()) lines.push_back("target " + settings.target);
  if (settings.test) lines.push_back("test " + words_of(*settings.test));
  if (settings.split != SplitPolicy::kShared) {
    lines.push_back(std::string("split ") + to_string(settings.split));
  }
  if (settings.judge) lines.push_back("judge " + words_of(*settings.judge));
  return lines;
}

}  // namespace gpu_sweep
