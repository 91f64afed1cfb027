#include "apps/gpu_sweep/stop_after_flag.h"

#include <gtest/gtest.h>

#include "tests/support/error_of.h"

namespace gpu_sweep {
namespace {

using test::error_of;

TEST(StopAfterFlag, Times) {
  for (const auto& [text, seconds] : {std::pair{"2h30m", 9000},
                                      {"90min", 5400},
                                      {"90m", 5400},
                                      {"45s", 45},
                                      {"1d12h", 129'600},
                                      {"1d2h3m4s", 93'784},
                                      {"0h5m", 300}}) {
    EXPECT_EQ(parse_stop_after("--stop-after", text).count(), seconds) << text;
  }
}

TEST(StopAfterFlag, EverythingElseIsRefused) {
  for (const char* text : {"", "90", "h", "2h30", "30m2h", "1h1h", "5m5min", "1.5h", "-1h", "2 h", "2H", "0s",
                           "0h0m", "1w", "2h30mx", "never"}) {
    const std::string message = error_of(ExitCode::kUsage, [&] { parse_stop_after("--stop-after", text); });
    EXPECT_EQ(message, std::string("--stop-after: found '") + text +
                           "', expected a time such as 2h30m, 90min, 45s or 1d12h");
  }
  error_of(ExitCode::kUsage, [] { parse_stop_after("--stop-after", "99999999999999999999h"); });
}

}  // namespace
}  // namespace gpu_sweep
