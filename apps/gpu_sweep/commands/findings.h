// The findings that gpu_sweep verify prints.
#pragma once

#include <algorithm>
#include <string>

#include "apps/gpu_sweep/output.h"
#include "engine/report/display_width.h"
#include "gpu_sweep/error.h"

namespace gpu_sweep {

/// Prints findings, one line each: an intact part or another remark, a fault, or a file that cannot be read.
class Findings {
 public:
  void sound(const std::string& part, const std::string& what) { line(part, what); }
  void fault(const std::string& part, const std::string& what) {
    ++faults_;
    line(part, "DAMAGED: " + what);
  }
  /// Reports a file that cannot be read. This does not count as a fault, because the file may be intact.
  void unread(const std::string& part, const std::string& what) {
    ++unread_;
    line(part, "UNREAD: " + what);
  }
  std::size_t faults() const { return faults_; }
  std::size_t unread() const { return unread_; }
  std::size_t all() const { return faults_ + unread_; }

  /// Runs `body`, which checks an optional part, and returns whether it succeeded. Error(kOutput) counts as a
  /// file that cannot be read. Error(kUsage) is rethrown. Every other Error counts as a fault.
  template <class Body>
  bool take(const std::string& part, const Body& body) {
    try {
      body();
      return true;
    } catch (const Error& error) {
      if (error.code() == ExitCode::kUsage) throw;  // a newer version of the program wrote the file
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
