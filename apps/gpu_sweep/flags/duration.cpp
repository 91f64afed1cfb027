#include "apps/gpu_sweep/flags/duration.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <system_error>

namespace gpu_sweep {
namespace {

struct Unit {
  std::string_view name;
  std::int64_t seconds;
};
constexpr std::array kUnits = {Unit{"d", 86'400}, Unit{"h", 3'600}, Unit{"min", 60}, Unit{"m", 60},
                               Unit{"s", 1}};

/// The upper limit of a duration: a century. Clocks count nanoseconds in 64 bits, which last for
/// almost three centuries.
constexpr std::int64_t kMost = 36'500 * std::int64_t{86'400};

/// Parses decimal digits. A leading zero is refused, because "010" might mean eight or ten.
std::optional<std::int64_t> plain_decimal(std::string_view digits) {
  if (digits.size() > 1 && digits.front() == '0') return std::nullopt;
  std::int64_t value = 0;
  const auto result = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (digits.empty() || result.ec != std::errc() || value > kMost) return std::nullopt;
  return value;
}

}  // namespace

std::optional<std::chrono::seconds> parse_duration(std::string_view text) {
  if (text.empty()) return std::nullopt;
  std::int64_t seconds = 0, last_unit = INT64_MAX;
  while (!text.empty()) {
    const std::size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
    const std::optional<std::int64_t> number = plain_decimal(text.substr(0, digits));
    text.remove_prefix(digits);
    const auto unit =
        std::find_if(kUnits.begin(), kUnits.end(), [&](const Unit& of) { return text.starts_with(of.name); });
    if (!number || unit == kUnits.end() || unit->seconds >= last_unit) return std::nullopt;
    if (*number > (kMost - seconds) / unit->seconds) return std::nullopt;
    seconds += *number * unit->seconds;
    last_unit = unit->seconds;
    text.remove_prefix(unit->name.size());
  }
  return std::chrono::seconds(seconds);
}

}  // namespace gpu_sweep
