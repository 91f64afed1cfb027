// Converts between enumerators and the names that to_string gives them.
#pragma once

#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace gpu_sweep {

/// Returns the names of all `values`, in the order of `values`.
template <typename Values>
std::vector<std::string> enumerator_names(const Values& values) {
  std::vector<std::string> names;
  for (const auto value : values) names.emplace_back(to_string(value));
  return names;
}

/// Returns the enumerator among `values` that has this name, or nothing if there is none.
template <typename Values>
auto find_enumerator(const Values& values, std::string_view name)
    -> std::optional<std::decay_t<decltype(*std::begin(values))>> {
  for (const auto value : values) {
    if (name == to_string(value)) return value;
  }
  return std::nullopt;
}

}  // namespace gpu_sweep
