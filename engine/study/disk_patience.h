// Makes a sweep wait for free space when the disk is full, so that it does not end.
#pragma once

#include <chrono>
#include <functional>
#include <stop_token>
#include <string>

namespace gpu_sweep {

class DiskPatience {
 public:
  /// Each wait lasts at most `most`. If `most` is zero, `write` never waits. `say` is called with the reason
  /// when a wait begins, and again when there is space.
  DiskPatience(std::chrono::seconds most, std::stop_token stop, std::function<void(const std::string&)> say);

  /// Runs `body`. As long as `body` throws OutOfSpace, repeats it every second. Rethrows the error when the
  /// time is up, or when a stop is requested and one more attempt has failed.
  void write(const std::function<void()>& body) const;

 private:
  std::chrono::seconds most_;
  std::stop_token stop_;
  std::function<void(const std::string&)> say_;
};

}  // namespace gpu_sweep
