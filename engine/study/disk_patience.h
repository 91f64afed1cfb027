// Waits for space on a full disk instead of ending the sweep.
#pragma once

#include <chrono>
#include <functional>
#include <stop_token>
#include <string>

namespace gpu_sweep {

class DiskPatience {
 public:
  /// Each wait lasts at most `most`; if that is zero, `write` never waits. Calls `say` with the reason once
  /// per wait.
  DiskPatience(std::chrono::seconds most, std::stop_token stop, std::function<void(const std::string&)> say);

  /// Runs `body`, and repeats it every second while it throws OutOfSpace. Rethrows that error when the time
  /// is up, or within a tenth of a second after a stop request.
  void write(const std::function<void()>& body) const;

 private:
  std::chrono::seconds most_;
  std::stop_token stop_;
  std::function<void(const std::string&)> say_;
};

}  // namespace gpu_sweep
