#include "apps/gpu_sweep/flags/disk_patience.h"

#include <CLI/CLI.hpp>

#include "apps/gpu_sweep/flags/duration.h"
#include "apps/gpu_sweep/flags/flags.h"

namespace gpu_sweep {

std::chrono::seconds parse_disk_patience(const std::string& flag, const std::string& text) {
  const auto time = text == "0" ? std::chrono::seconds{0} : parse_duration(text);
  if (!time) fail_flag(flag, text, std::string(kDurationExamples) + ", or 0");
  return *time;
}

void add_disk_patience_flag(CLI::App& app, std::chrono::seconds& patience) {
  const std::string flag = "--disk-patience";
  const auto set = [flag, &patience](const std::string& text) { patience = parse_disk_patience(flag, text); };
  app.add_option_function<std::string>(
         flag, set,
         "how long to wait for space on a full disk before giving up (45s, 90min, 2h30m; default 0)")
      ->type_name("TIME");
}

}  // namespace gpu_sweep
