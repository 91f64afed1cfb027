#include "apps/gpu_sweep/stop_after_flag.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "apps/gpu_sweep/flags.h"
#include "apps/gpu_sweep/stop_signals.h"

namespace gpu_sweep {
namespace {

struct Unit {
  std::string_view name;
  std::int64_t seconds;
};
constexpr std::array kUnits = {Unit{"d", 86'400}, Unit{"h", 3'600}, Unit{"min", 60}, Unit{"m", 60},
                               Unit{"s", 1}};

}  // namespace

std::chrono::seconds parse_stop_after(const std::string& flag, const std::string& text) {
  const auto refuse = [&] { fail_flag(flag, text, "a time such as 2h30m, 90min, 45s or 1d12h"); };
  constexpr IntegerRange kNumbers{0, 1'000'000};
  std::int64_t seconds = 0, last_unit = INT64_MAX;
  std::string_view rest = text;
  while (!rest.empty()) {
    const std::size_t digits = std::min(rest.find_first_not_of("0123456789"), rest.size());
    const std::string number(rest.substr(0, digits));
    rest.remove_prefix(digits);
    const auto unit =
        std::find_if(kUnits.begin(), kUnits.end(), [&](const Unit& of) { return rest.starts_with(of.name); });
    if (digits == 0 || unit == kUnits.end() || unit->seconds >= last_unit) refuse();
    seconds += parse_integer_flag(flag, number, kNumbers) * unit->seconds;
    last_unit = unit->seconds;
    rest.remove_prefix(unit->name.size());
  }
  if (seconds == 0) refuse();
  return std::chrono::seconds(seconds);
}

void add_stop_after_flag(CLI::App& app, std::optional<std::chrono::seconds>& target) {
  const std::string flag = "--stop-after";
  const auto set = [flag, &target](const std::string& text) { target = parse_stop_after(flag, text); };
  app.add_option_function<std::string>(flag, set,
                                       "stop in good order so long after the start (2h30m, 90min, 45s), as a "
                                       "signal would,\n"
                                       "and exit with " +
                                           std::to_string(kStoppedByClock) +
                                           " where something is left: the same command again goes on")
      ->type_name("TIME");
}

}  // namespace gpu_sweep
