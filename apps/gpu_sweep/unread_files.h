// Collects the optional files that a command could not read. The command then does everything else before it
// fails.
#pragma once

#include <functional>
#include <string>

namespace gpu_sweep {

/// Files that could not be read. They may be intact, so nothing may replace them.
class UnreadFiles {
 public:
  /// Prints `line`, which names a file and the reason, as a warning.
  void add(const std::string& line);

  /// Returns `add` as a function object, which must not outlive this object.
  std::function<void(const std::string& line)> adder();

  /// Throws Error(kOutput) if `add` was called. Must be called last.
  void check() const;

 private:
  bool any_ = false;
};

}  // namespace gpu_sweep
