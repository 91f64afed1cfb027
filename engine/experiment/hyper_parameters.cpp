#include "engine/experiment/hyper_parameters.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

namespace gpu_sweep {
namespace {

constexpr std::array kActivations = {Activation::kRelu, Activation::kSigmoid, Activation::kTanh};
constexpr std::array kOptimisers = {OptimiserKind::kAdam, OptimiserKind::kSgd, OptimiserKind::kRmsProp};
constexpr std::array kPrecisions = {Precision::kFp32, Precision::kTf32, Precision::kBf16};

constexpr OptimiserScalar kLearningRate{"learning_rate", &OptimiserSpec::learning_rate,
                                        NumberRange::kPositive};
constexpr OptimiserScalar kEpsilon{"epsilon", &OptimiserSpec::epsilon, NumberRange::kPositive};
constexpr std::array kAdamScalars = {
    kLearningRate, OptimiserScalar{"beta1", &OptimiserSpec::beta1, NumberRange::kFraction},
    OptimiserScalar{"beta2", &OptimiserSpec::beta2, NumberRange::kFraction}, kEpsilon};
constexpr std::array kSgdScalars = {
    kLearningRate, OptimiserScalar{"momentum", &OptimiserSpec::momentum, NumberRange::kFraction}};
constexpr std::array kRmsPropScalars = {
    kLearningRate, OptimiserScalar{"rho", &OptimiserSpec::rho, NumberRange::kFraction}, kEpsilon};

template <typename Values>
std::vector<std::string> names_of(const Values& values) {
  std::vector<std::string> names;
  for (const auto value : values) names.emplace_back(to_string(value));
  return names;
}

template <typename Values>
std::optional<typename Values::value_type> find_named(const Values& values, std::string_view name) {
  for (const auto value : values) {
    if (name == to_string(value)) return value;
  }
  return std::nullopt;
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
    case NumberRange::kPositive:
      return rounded > 0;
  }
  return false;
}

std::string to_string(NumberRange range) {
  switch (range) {
    case NumberRange::kFraction:
      return "a number from 0 to below 1";
    case NumberRange::kPositive:
      return "a finite number above 0";
  }
  return "?";
}

std::span<const OptimiserScalar> optimiser_scalars(OptimiserKind kind) {
  switch (kind) {
    case OptimiserKind::kAdam:
      return kAdamScalars;
    case OptimiserKind::kSgd:
      return kSgdScalars;
    case OptimiserKind::kRmsProp:
      return kRmsPropScalars;
  }
  return {};
}

std::vector<std::string> optimiser_scalar_keys() {
  std::vector<std::string> keys;
  for (const OptimiserKind kind : kOptimisers) {
    for (const OptimiserScalar& scalar : optimiser_scalars(kind)) {
      if (std::ranges::find(keys, scalar.key) == keys.end()) keys.emplace_back(scalar.key);
    }
  }
  return keys;
}

std::vector<std::string> optimisers_with(std::string_view key) {
  std::vector<std::string> names;
  for (const OptimiserKind kind : kOptimisers) {
    for (const OptimiserScalar& scalar : optimiser_scalars(kind)) {
      if (key == scalar.key) names.emplace_back(to_string(kind));
    }
  }
  return names;
}

std::vector<std::string> activation_names() { return names_of(kActivations); }
std::vector<std::string> optimiser_names() { return names_of(kOptimisers); }
std::vector<std::string> precision_names() { return names_of(kPrecisions); }

std::optional<Activation> parse_activation(std::string_view name) { return find_named(kActivations, name); }
std::optional<OptimiserKind> parse_optimiser(std::string_view name) { return find_named(kOptimisers, name); }
std::optional<Precision> parse_precision(std::string_view name) { return find_named(kPrecisions, name); }

std::string list_of(const std::vector<std::string>& names) {
  std::string text;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (i > 0) text += i + 1 == names.size() ? " or " : ", ";
    text += names[i];
  }
  return text;
}

std::string number_text(double value) {
  std::array<char, 32> text{};
  const auto result = std::to_chars(text.data(), text.data() + text.size(), value);
  return {text.data(), result.ptr};
}

std::string shown_text(std::string_view text) {
  constexpr std::size_t kLongest = 80;
  std::string result = "'";
  for (const char c : text.substr(0, kLongest)) {
    const auto code = static_cast<unsigned char>(c);
    result += code < 0x20 || code == 0x7f ? '?' : c;
  }
  return result + (text.size() > kLongest ? "...'" : "'");
}

}  // namespace gpu_sweep
