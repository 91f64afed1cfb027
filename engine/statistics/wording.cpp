#include "engine/statistics/wording.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace gpu_sweep {

std::string fixed(double value, int digits) {
  if (!std::isfinite(value)) return "–";
  if (std::abs(value) >= 1e9) return fmt::format("{:.2e}", value);  // the loss of a diverging run
  std::string text = fmt::format("{:.{}f}", std::abs(value), digits);
  const bool is_zero = text.find_first_of("123456789") == std::string::npos;
  return value < 0 && !is_zero ? "−" + text : text;
}

std::string percent(double share, int digits) { return fixed(100 * share, digits) + " %"; }

std::string points(double difference, int digits) { return fixed(100 * difference, digits); }

std::string points_range(const Interval& interval) {
  return points(interval.low) + " to " + points(interval.high);
}

std::string percent_range(const Interval& interval) { return points_range(interval) + " %"; }

std::string p_number(double p) {
  if (p < 0.0001) return "< 0.0001";
  const bool rounds_to_limit = 0.0495 <= p && p < 0.05;  // more digits, so that p does not look like 0.05
  return fmt::format("{:.{}f}", p, p < 0.001 || rounds_to_limit ? 4 : p < 0.1 ? 3 : 2);
}

std::string p_value(double p) { return (p < 0.0001 ? "p " : "p = ") + p_number(p); }

std::string with_thousands(long long n) {
  std::string digits = std::to_string(n);
  for (auto at = static_cast<std::ptrdiff_t>(digits.size()) - 3; at > (n < 0 ? 1 : 0); at -= 3) {
    digits.insert(static_cast<std::size_t>(at), ",");
  }
  return digits;
}

std::string counted(std::size_t n, const std::string& noun) {
  return with_thousands(static_cast<long long>(n)) + " " + noun + (n == 1 ? "" : "s");
}

std::string duration_text(double seconds) {
  const auto whole = static_cast<long long>(std::llround(std::clamp(seconds, 0.0, 1e9)));
  if (whole < 60) return fmt::format("{} s", whole);
  if (whole < 3600) return fmt::format("{} min {:02} s", whole / 60, whole % 60);
  return fmt::format("{} h {:02} min", whole / 3600, whole / 60 % 60);
}

std::string quoted(const std::string& name) { return "“" + name + "”"; }

}  // namespace gpu_sweep
