// The printed findings of gpu_sweep verify.
#pragma once

#include <algorithm>
#include <string>

#include "apps/gpu_sweep/output.h"
#include "engine/error.h"
#include "engine/report/display_width.h"

namespace gpu_sweep {

/// The printed findings: one line per intact part and one per fault.
class Findings {
 public:
  void sound(const std::string& part, const std::string& what) { line(part, what); }
  void fault(const std::string& part, const std::string& what) {
    ++faults_;
    line(part, "DAMAGED: " + what);
  }
  std::size_t faults() const { return faults_; }

  /// Runs `body` and returns whether it succeeded. An Error saying that data differ from what was written
  /// counts as a fault.
  template <class Body>
  bool take(const std::string& part, const Body& body) {
    try {
      body();
      return true;
    } catch (const Error& error) {
      // A failing disk and a file of a newer version say nothing about the contents.
      if (error.code() == ExitCode::kOutput || error.code() == ExitCode::kUsage) throw;
      fault(part, error.what());
      return false;
    }
  }

 private:
  static void line(const std::string& part, const std::string& what) {
    constexpr std::size_t kWidth = 15;
    print_data(part + std::string(kWidth - std::min(kWidth - 1, part.size()), ' ') + printable(what) + "\n");
  }

  std::size_t faults_ = 0;
};

}  // namespace gpu_sweep
