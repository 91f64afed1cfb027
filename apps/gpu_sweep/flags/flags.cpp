#include "apps/gpu_sweep/flags/flags.h"

#include <algorithm>
#include <charconv>
#include <system_error>

#include "engine/experiment/nearest_name.h"

namespace gpu_sweep {
namespace {

/// Accepts decimal digits without a sign. A leading zero is refused, because "010" might mean eight or ten.
bool is_plain_decimal(const std::string& text) {
  const auto is_digit = [](char c) { return '0' <= c && c <= '9'; };
  return !text.empty() && std::ranges::all_of(text, is_digit) && (text.size() == 1 || text.front() != '0');
}

}  // namespace

void fail_flag(const std::string& flag, const std::string& text, const std::string& expected) {
  throw Error(ExitCode::kUsage, flag + ": found " + shown_text(text) + ", expected " + expected);
}

void fail_name(const std::string& flag, const std::string& text, const std::vector<std::string>& names) {
  throw Error(ExitCode::kUsage, flag + ": found " + shown_text(text) + did_you_mean(text, names) +
                                    ", expected " + list_of(names));
}

std::int64_t parse_integer_flag(const std::string& flag, const std::string& text, const IntegerRange& range) {
  std::int64_t value = 0;
  const auto result = std::from_chars(text.data(), text.data() + text.size(), value);
  if (!is_plain_decimal(text) || result.ec != std::errc() || !range.contains(value)) {
    fail_flag(flag, text, range.to_string());
  }
  return value;
}

double parse_number_flag(const std::string& flag, const std::string& text, NumberRange range) {
  double value = 0;
  const char* end = text.data() + text.size();
  const auto result = std::from_chars(text.data(), end, value);
  if (result.ec != std::errc() || result.ptr != end || !contains(range, value)) {
    fail_flag(flag, text, to_string(range));
  }
  return value;
}

bool parse_switch_flag(const std::string& flag, const std::string& text) {
  if (text != "on" && text != "off") fail_flag(flag, text, "on or off");
  return text == "on";
}

std::vector<int> parse_widths_flag(const std::string& flag, const std::string& text) {
  std::vector<int> widths;
  if (text == "none") return widths;
  std::size_t start = 0;
  while (start <= text.size()) {
    const std::size_t end = std::min(text.find(',', start), text.size());
    const std::string width = text.substr(start, end - start);
    if (width.empty()) fail_flag(flag, text, "layer widths such as 256,128, or none");
    widths.push_back(static_cast<int>(parse_integer_flag(flag, width, kWidthRange)));
    start = end + 1;
  }
  if (widths.size() > kMaxHiddenLayers) {
    fail_flag(flag, std::to_string(widths.size()) + " layers", "at most " + std::to_string(kMaxHiddenLayers));
  }
  return widths;
}

CLI::Option* add_number_flag(CLI::App& app, const std::string& flag, std::optional<double>& target,
                             NumberRange range, const std::string& help) {
  const auto set = [flag, &target, range](const std::string& text) {
    target = parse_number_flag(flag, text, range);
  };
  return app.add_option_function<std::string>(flag, set, help)->type_name("X");
}

std::string choice_of(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : "|") + name;
  return text;
}

CLI::Option* add_path_flag(CLI::App& app, const std::string& names, std::string& target,
                           const std::string& type_name, const std::string& help) {
  const std::string flag = names.substr(names.find("--"));
  const auto set = [flag, &target](const std::string& text) {
    if (text.empty()) fail_flag(flag, text, "a name");
    target = text;
  };
  return app.add_option_function<std::string>(names, set, help)->type_name(type_name);
}

}  // namespace gpu_sweep
