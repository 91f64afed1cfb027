// --disk-patience: waits for room on a full disk in place of ending the sweep.
#pragma once

#include <chrono>
#include <functional>
#include <stop_token>
#include <string>

namespace CLI {
class App;
}

namespace gpu_sweep {

class DiskPatience {
 public:
  /// Waits for `most` at a time and not at all where that is zero. `say` is told once a wait why.
  DiskPatience(std::chrono::seconds most, std::stop_token stop, std::function<void(const std::string&)> say);

  /// Runs `body`, and again each second while it throws OutOfSpace. Rethrows once the patience is at its end,
  /// and within a tenth of a second after a stop.
  void write(const std::function<void()>& body) const;

 private:
  std::chrono::seconds most_;
  std::stop_token stop_;
  std::function<void(const std::string&)> say_;
};

/// As parse_duration takes it, and "0". Throws Error(kUsage).
std::chrono::seconds parse_disk_patience(const std::string& flag, const std::string& text);

/// --disk-patience TIME.
void add_disk_patience_flag(CLI::App& app, std::chrono::seconds& patience);

}  // namespace gpu_sweep
