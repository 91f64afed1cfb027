// Flags with strictly parsed values: whole decimal numbers in range, finite numbers, known names. Octal
// numbers, overflows and nan, which the command-line library would accept, are refused.
#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/experiment/hyper_parameters.h"
#include "gpu_sweep/error.h"

namespace gpu_sweep {

/// Each of these functions throws Error(kUsage) "--flag: found 'x', expected ..." for an invalid value.
std::int64_t parse_integer_flag(const std::string& flag, const std::string& text, const IntegerRange& range);
double parse_number_flag(const std::string& flag, const std::string& text, NumberRange range);
bool parse_switch_flag(const std::string& flag, const std::string& text);  ///< "on" or "off"
std::vector<int> parse_widths_flag(const std::string& flag,
                                   const std::string& text);  ///< "256,128" or "none"
[[noreturn]] void fail_flag(const std::string& flag, const std::string& text, const std::string& expected);
/// Throws Error(kUsage) for a value that must be one of `names`, and suggests a similar name if there is one.
[[noreturn]] void fail_name(const std::string& flag, const std::string& text,
                            const std::vector<std::string>& names);

/// Adds `flag` to `app`. If the flag is given, its value is stored in `target`.
template <typename Integer>
CLI::Option* add_integer_flag(CLI::App& app, const std::string& flag, std::optional<Integer>& target,
                              IntegerRange range, const std::string& help) {
  const auto set = [flag, &target, range](const std::string& text) {
    target = static_cast<Integer>(parse_integer_flag(flag, text, range));
  };
  return app.add_option_function<std::string>(flag, set, help)->type_name("N");
}

CLI::Option* add_number_flag(CLI::App& app, const std::string& flag, std::optional<double>& target,
                             NumberRange range, const std::string& help);

/// Adds a flag for the name of a file or a folder. An empty name is refused. `names` is, for example,
/// "--data", or "-o,--out" with the long name last.
CLI::Option* add_path_flag(CLI::App& app, const std::string& names, std::string& target,
                           const std::string& type_name, const std::string& help);

/// Returns "one|two", which help shows and completion offers for a flag that has only a few possible values.
std::string choice_of(const std::vector<std::string>& names);

/// Adds a flag whose value is a name. `parse` converts the name; it is parse_activation or a similar
/// function.
template <typename Enum>
CLI::Option* add_name_flag(CLI::App& app, const std::string& flag, std::optional<Enum>& target,
                           std::optional<Enum> (*parse)(std::string_view),
                           const std::vector<std::string>& names, const std::string& help) {
  const auto set = [flag, &target, parse, names](const std::string& text) {
    target = parse(text);
    if (!target) fail_name(flag, text, names);
  };
  return app.add_option_function<std::string>(flag, set, help)->type_name(choice_of(names));
}

}  // namespace gpu_sweep
