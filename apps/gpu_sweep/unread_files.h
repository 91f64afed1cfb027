// Optional files that a command could not read, while it did everything else.
#pragma once

#include <functional>
#include <string>

namespace gpu_sweep {

/// Files whose reading failed. They may be intact, so nothing may replace them.
class UnreadFiles {
 public:
  /// Warns of a file; `line` names it and the reason.
  void add(const std::string& line);

  /// Returns `add` as a function, which must not outlive this object.
  std::function<void(const std::string& line)> adder();

  /// Throws Error(kOutput) if there was any. Call it last.
  void check() const;

 private:
  bool any_ = false;
};

}  // namespace gpu_sweep
