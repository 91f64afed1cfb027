#include "engine/experiment/hyper_parameters.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "engine/data/enumerators.h"

namespace gpu_sweep {
namespace {

constexpr std::array kPrecisions = {Precision::kFp32, Precision::kTf32, Precision::kBf16};

namespace range_of {
#define GPU_SWEEP_SCALAR(key, range, default, help) constexpr NumberRange key = NumberRange::range;
#include "gpu_sweep/optimizers.def"
}  // namespace range_of

/// The scalars of all kinds of optimizers, grouped by kind. kScalars[i] belongs to the kind kKindOfScalar[i].
constexpr std::array kScalars = {
#define GPU_SWEEP_OPTIMIZER_SCALAR(enumerator, key, default) \
  OptimizerScalar{#key, &OptimizerSpec::key, range_of::key, default, KeyAge::kFirstVersion},
#define GPU_SWEEP_LATER_SCALAR(enumerator, key, default) \
  OptimizerScalar{#key, &OptimizerSpec::key, range_of::key, default, KeyAge::kAddedLater},
#include "gpu_sweep/optimizers.def"
};
constexpr std::array kKindOfScalar = {
#define GPU_SWEEP_OPTIMIZER_SCALAR(enumerator, key, default) OptimizerKind::enumerator,
#include "gpu_sweep/optimizers.def"
};

const char* meaning_of(std::string_view key) {
#define GPU_SWEEP_SCALAR(own_key, range, default, help) \
  if (key == #own_key) return help;
#include "gpu_sweep/optimizers.def"
  return "?";
}

/// Joins names with commas, and puts `before_last` before the last name. With " or ", the result is "a, b or
/// c".
std::string joined(const std::vector<std::string>& names, const char* before_last) {
  std::string text;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (i > 0) text += i + 1 == names.size() ? before_last : ", ";
    text += names[i];
  }
  return text;
}

}  // namespace

std::string IntegerRange::to_string() const {
  return "an integer from " + std::to_string(least) + " to " + std::to_string(most);
}

bool contains(NumberRange range, double value) {
  const auto rounded = static_cast<float>(value);
  if (!std::isfinite(rounded)) return false;
  switch (range) {
    case NumberRange::kFraction:
      return value >= 0 && value < 1 && rounded < 1;
    case NumberRange::kShare:
      return value > 0 && value < 1;
    case NumberRange::kPositive:
      return rounded > 0;
    case NumberRange::kNotNegative:
      return value == 0 || rounded > 0;
    case NumberRange::kCount:
      return value == std::floor(value) && value >= static_cast<double>(kEpochsRange.least) &&
             value <= static_cast<double>(kEpochsRange.most);
    case NumberRange::kPoints:
      return rounded > 0 && value <= 100;
  }
  return false;
}

std::string to_string(NumberRange range) {
  switch (range) {
    case NumberRange::kFraction:
      return "a number from 0 to 0.99999994 (the largest float below 1)";
    case NumberRange::kShare:
      return "a number above 0 and below 1";
    case NumberRange::kPositive:
      return "a number above 0 that a float can hold (1.5e-45 to 3.4e38)";
    case NumberRange::kNotNegative:
      return "0 or a number above 0 that a float can hold (1.5e-45 to 3.4e38)";
    case NumberRange::kCount:
      return kEpochsRange.to_string();
    case NumberRange::kPoints:
      return "a number above 0 that a float can hold (from 1.5e-45), at most 100";
  }
  return "?";
}

std::span<const OptimizerScalar> optimizer_scalars(OptimizerKind kind) {
  const auto first = std::ranges::find(kKindOfScalar, kind);
  const auto count = std::ranges::count(kKindOfScalar, kind);
  return std::span(kScalars).subspan(static_cast<std::size_t>(first - kKindOfScalar.begin()),
                                     static_cast<std::size_t>(count));
}

std::vector<std::string> optimizer_scalar_keys() {
  std::vector<std::string> keys;
  for (const OptimizerKind kind : kOptimizers) {
    for (const OptimizerScalar& scalar : optimizer_scalars(kind)) {
      if (std::ranges::find(keys, scalar.key) == keys.end()) keys.emplace_back(scalar.key);
    }
  }
  return keys;
}

std::vector<std::string> optimizers_with(std::string_view key) {
  std::vector<std::string> names;
  for (const OptimizerKind kind : kOptimizers) {
    for (const OptimizerScalar& scalar : optimizer_scalars(kind)) {
      if (key == scalar.key) names.emplace_back(to_string(kind));
    }
  }
  return names;
}

std::string optimizer_scalar_help(std::string_view key) {
  std::vector<std::string> users;
  std::vector<std::pair<double, std::vector<std::string>>> defaults;  // default, kinds with this default
  for (std::size_t i = 0; i < kScalars.size(); ++i) {
    if (key != kScalars[i].key) continue;
    users.emplace_back(to_string(kKindOfScalar[i]));
    const auto is_it = [&](const auto& one) { return one.first == kScalars[i].default_value; };
    auto found = std::ranges::find_if(defaults, is_it);
    if (found == defaults.end()) found = defaults.insert(found, {kScalars[i].default_value, {}});
    found->second.push_back(users.back());
  }
  std::string help = users.size() == std::size(kOptimizers) ? "" : joined(users, " and ") + ": ";
  help += meaning_of(key);
  for (std::size_t i = 0; i < defaults.size(); ++i) {
    help += (i == 0 ? " (default " : "; ") + number_text(defaults[i].first);
    if (i > 0) help += " for " + joined(defaults[i].second, " and ");
  }
  return help + ")";
}

std::vector<std::string> activation_names() { return enumerator_names(kActivations); }
std::vector<std::string> optimizer_names() { return enumerator_names(kOptimizers); }
std::vector<std::string> precision_names() { return enumerator_names(kPrecisions); }

std::optional<Activation> parse_activation(std::string_view name) {
  return find_enumerator(kActivations, name);
}
std::optional<OptimizerKind> parse_optimizer(std::string_view name) {
  return find_enumerator(kOptimizers, name);
}
std::optional<Precision> parse_precision(std::string_view name) { return find_enumerator(kPrecisions, name); }

std::string list_of(const std::vector<std::string>& names) { return joined(names, " or "); }

std::string number_text(double value) {
  std::array<char, 32> text{};
  const auto result = std::to_chars(text.data(), text.data() + text.size(), value);
  return {text.data(), result.ptr};
}

}  // namespace gpu_sweep
