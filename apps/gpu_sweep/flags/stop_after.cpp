#include "apps/gpu_sweep/flags/stop_after.h"

#include "apps/gpu_sweep/flags/duration.h"
#include "apps/gpu_sweep/flags/flags.h"
#include "apps/gpu_sweep/stop_signals.h"

namespace gpu_sweep {

std::chrono::seconds parse_stop_after(const std::string& flag, const std::string& text) {
  const auto time = parse_duration(text);
  if (!time || time->count() == 0) fail_flag(flag, text, kDurationExamples);
  return *time;
}

void add_stop_after_flag(CLI::App& app, std::optional<std::chrono::seconds>& target) {
  const std::string flag = "--stop-after";
  const auto set = [flag, &target](const std::string& text) { target = parse_stop_after(flag, text); };
  app.add_option_function<std::string>(flag, set,
                                       "stop this long after the start (2h30m, 90min, 45s), as on a signal,\n"
                                       "and exit with " +
                                           std::to_string(kStoppedByClock) +
                                           " if runs are left; the same command then continues")
      ->type_name("TIME");
}

}  // namespace gpu_sweep
