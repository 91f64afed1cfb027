#include "apps/gpu_sweep/snapshot_flag.h"

#include <algorithm>
#include <array>
#include <utility>

#include "apps/gpu_sweep/flags.h"

namespace gpu_sweep {

SnapshotInterval parse_snapshot_interval(const std::string& flag, const std::string& text) {
  if (text == "never") return {};
  const std::size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
  const std::string unit = text.substr(digits);
  constexpr std::array<std::pair<const char*, int>, 4> kUnits = {
      {{"", 1}, {"s", 1}, {"min", 60}, {"h", 3600}}};
  for (const auto& [name, seconds] : kUnits) {
    if (digits == 0 || unit != name) continue;
    constexpr std::int64_t kMost = 1'000'000;
    const std::int64_t number = parse_integer_flag(flag, text.substr(0, digits), {1, kMost});
    if (unit.empty()) return {static_cast<int>(number), 0};
    return {0, static_cast<double>(number * seconds)};
  }
  fail_flag(flag, text, "epochs as in 20, time as in 30s, 5min or 2h, or never");
}

void add_snapshot_flag(CLI::App& app, SnapshotInterval& interval) {
  const std::string flag = "--snapshot-every";
  const auto set = [flag, &interval](const std::string& text) {
    interval = parse_snapshot_interval(flag, text);
  };
  app.add_option_function<std::string>(
         flag, set,
         "keep runs in hand every so many epochs (20) or so long (30s, 5min, 2h); never; 5min if not given")
      ->type_name("INTERVAL");
}

}  // namespace gpu_sweep
