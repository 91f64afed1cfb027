#include "apps/gpu_sweep/flags/snapshot.h"

#include "apps/gpu_sweep/flags/duration.h"
#include "apps/gpu_sweep/flags/flags.h"

namespace gpu_sweep {

SnapshotInterval parse_snapshot_interval(const std::string& flag, const std::string& text) {
  if (text == "never") return {};
  if (text.find_first_not_of("0123456789") == std::string::npos && !text.empty()) {
    constexpr std::int64_t kMost = 1'000'000;
    return {static_cast<int>(parse_integer_flag(flag, text, {1, kMost})), 0};
  }
  const auto time = parse_duration(text);
  if (!time || time->count() == 0)
    fail_flag(flag, text, std::string("epochs such as 20, ") + kDurationExamples + ", or never");
  return {0, static_cast<double>(time->count())};
}

void add_snapshot_flag(CLI::App& app, SnapshotInterval& interval) {
  const std::string flag = "--snapshot-every";
  const auto set = [flag, &interval](const std::string& text) {
    interval = parse_snapshot_interval(flag, text);
  };
  app.add_option_function<std::string>(
         flag, set,
         "save unfinished runs after this many epochs (20) or this time (45s, 5min, 2h30m), or never\n"
         "(default 5min)")
      ->type_name("INTERVAL");
}

}  // namespace gpu_sweep
