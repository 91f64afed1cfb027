// The printed findings of gpu_sweep verify.
#pragma once

#include <algorithm>
#include <string>

#include "apps/gpu_sweep/output.h"
#include "engine/report/display_width.h"
#include "gpu_sweep/error.h"

namespace gpu_sweep {

/// The printed findings: one line per intact part, one per fault and one per file that cannot be read.
class Findings {
 public:
  void sound(const std::string& part, const std::string& what) { line(part, what); }
  void fault(const std::string& part, const std::string& what) {
    ++faults_;
    line(part, "DAMAGED: " + what);
  }
  /// A file that cannot be read may be intact.
  void unread(const std::string& part, const std::string& what) {
    ++unread_;
    line(part, "UNREAD: " + what);
  }
  std::size_t faults() const { return faults_; }
  std::size_t unread() const { return unread_; }
  std::size_t all() const { return faults_ + unread_; }

  /// Runs `body`, which checks an optional part, and returns whether it succeeded. Counts Error(kOutput) as a
  /// file that cannot be read. Rethrows Error(kUsage), and counts every other Error as a fault.
  template <class Body>
  bool take(const std::string& part, const Body& body) {
    try {
      body();
      return true;
    } catch (const Error& error) {
      if (error.code() == ExitCode::kUsage) throw;  // a file of a newer version
      if (error.code() == ExitCode::kOutput) {
        unread(part, error.what());
      } else {
        fault(part, error.what());
      }
      return false;
    }
  }

 private:
  static void line(const std::string& part, const std::string& what) {
    constexpr std::size_t kWidth = 15;
    print_data(part + std::string(kWidth - std::min(kWidth - 1, part.size()), ' ') + printable(what) + "\n");
  }

  std::size_t faults_ = 0;
  std::size_t unread_ = 0;
};

}  // namespace gpu_sweep
