#include "apps/gpu_sweep/disk_patience.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <condition_variable>
#include <mutex>
#include <utility>

#include "apps/gpu_sweep/flags.h"
#include "engine/error.h"

namespace gpu_sweep {
namespace {

using Clock = std::chrono::steady_clock;

void pause(const std::stop_token& stop, Clock::duration time) {
  std::mutex mutex;
  std::condition_variable_any never;
  std::unique_lock lock(mutex);
  never.wait_for(lock, stop, time, [] { return false; });
}

std::chrono::seconds parse_patience(const std::string& flag, const std::string& text) {
  if (text == "0") return std::chrono::seconds{0};
  const std::size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
  const std::string unit = text.substr(digits);
  constexpr std::array<std::pair<const char*, int>, 3> kUnits = {{{"s", 1}, {"min", 60}, {"h", 3600}}};
  for (const auto& [name, seconds] : kUnits) {
    if (digits == 0 || unit != name) continue;
    constexpr std::int64_t kMost = 1'000'000;
    return std::chrono::seconds(parse_integer_flag(flag, text.substr(0, digits), {1, kMost}) * seconds);
  }
  fail_flag(flag, text, "a time as in 30s, 5min or 2h, or 0");
}

}  // namespace

DiskPatience::DiskPatience(std::chrono::seconds most, std::stop_token stop,
                           std::function<void(const std::string&)> say)
    : most_(most), stop_(std::move(stop)), say_(std::move(say)) {}

void DiskPatience::write(const std::function<void()>& body) const {
  const Clock::time_point start = Clock::now();
  for (bool said = false;;) {
    try {
      body();
      if (said) say_("there is room on the disk again");
      return;
    } catch (const OutOfSpace& error) {
      if (stop_.stop_requested() || Clock::now() - start >= most_) throw;
      if (!said)
        say_(std::string(error.what()) + ": waiting for room, " + std::to_string(most_.count()) +
             " s at most");
      said = true;
    }
    pause(stop_, std::min<Clock::duration>(std::chrono::seconds(1), most_ - (Clock::now() - start)));
  }
}

void add_disk_patience_flag(CLI::App& app, std::chrono::seconds& patience) {
  const std::string flag = "--disk-patience";
  const auto set = [flag, &patience](const std::string& text) { patience = parse_patience(flag, text); };
  app.add_option_function<std::string>(
         flag, set, "wait so long (30s, 5min, 2h) for room on a full disk before giving up; 0 if not given")
      ->type_name("TIME");
}

}  // namespace gpu_sweep
