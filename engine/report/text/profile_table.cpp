#include "engine/report/text/profile_table.h"

#include <fmt/format.h>

namespace gpu_sweep {

std::string profile_table(const Profile& profile) {
  const auto times = profile.by_time();
  double total = 0;
  for (const auto& [label, time] : times) total += time.seconds;
  std::string table =
      fmt::format("{:<36}{:>7}{:>10}{:>10}{:>15}\n", "operation", "share", "seconds", "calls", "rate");
  for (const auto& [label, time] : times) {
    const bool product = time.flops > 0;
    const double rate = (product ? time.flops : time.bytes) / time.seconds / 1e9;
    table += fmt::format("{:<36}{:>6.1f}%{:>10.3f}{:>10}{:>8.1f} {}\n", label, 100 * time.seconds / total,
                         time.seconds, time.calls, rate, product ? "GFLOP/s" : "GB/s");
  }
  return table;
}

}  // namespace gpu_sweep
