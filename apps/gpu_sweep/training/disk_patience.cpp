#include "apps/gpu_sweep/training/disk_patience.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <utility>

#include "apps/gpu_sweep/flags/duration.h"
#include "apps/gpu_sweep/flags/flags.h"
#include "gpu_sweep/error.h"

namespace gpu_sweep {
namespace {

using Clock = std::chrono::steady_clock;

void pause(const std::stop_token& stop, Clock::duration time) {
  std::mutex mutex;
  std::condition_variable_any never;
  std::unique_lock lock(mutex);
  never.wait_for(lock, stop, time, [] { return false; });
}

}  // namespace

std::chrono::seconds parse_disk_patience(const std::string& flag, const std::string& text) {
  const auto time = text == "0" ? std::chrono::seconds{0} : parse_duration(text);
  if (!time) fail_flag(flag, text, std::string(kDurationExamples) + ", or 0");
  return *time;
}

DiskPatience::DiskPatience(std::chrono::seconds most, std::stop_token stop,
                           std::function<void(const std::string&)> say)
    : most_(most), stop_(std::move(stop)), say_(std::move(say)) {}

void DiskPatience::write(const std::function<void()>& body) const {
  const Clock::time_point start = Clock::now();
  for (bool said = false;;) {
    try {
      body();
      if (said) say_("there is space on the disk again");
      return;
    } catch (const OutOfSpace& error) {
      if (stop_.stop_requested() || Clock::now() - start >= most_) throw;
      if (!said)
        say_(std::string(error.what()) + ": waiting for space, at most " + std::to_string(most_.count()) +
             " s");
      said = true;
    }
    pause(stop_, std::min<Clock::duration>(std::chrono::seconds(1), most_ - (Clock::now() - start)));
  }
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
