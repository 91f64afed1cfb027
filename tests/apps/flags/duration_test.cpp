#include "apps/gpu_sweep/flags/duration.h"

#include <gtest/gtest.h>

#include <string>

#include "apps/gpu_sweep/flags/training.h"
#include "tests/support/error_of.h"

namespace gpu_sweep {
namespace {

using test::error_of;

TEST(Duration, EveryFlagTakesTheSameTimes) {
  for (const auto& [text, seconds] : {std::pair{"2h30m", 9000LL},
                                      {"90min", 5400},
                                      {"90m", 5400},
                                      {"45s", 45},
                                      {"1d12h", 129'600},
                                      {"1d2h3m4s", 93'784},
                                      {"0h5m", 300},
                                      {"36500d", 3'153'600'000}}) {
    SCOPED_TRACE(text);
    EXPECT_EQ(parse_stop_after("--stop-after", text).count(), seconds);
    EXPECT_EQ(parse_disk_patience("--disk-patience", text).count(), seconds);
    const SnapshotInterval interval = parse_snapshot_interval("--snapshot-every", text);
    EXPECT_EQ(interval.seconds, static_cast<double>(seconds));
    EXPECT_EQ(interval.epochs, 0);
  }
}

TEST(Duration, EveryFlagRefusesTheSame) {
  const std::string examples = "a time such as 2h30m, 90min, 45s or 1d12h";
  for (const std::string text : {"",
                                 "h",
                                 "2h30",
                                 "30m2h",
                                 "1h1h",
                                 "5m5min",
                                 "1.5h",
                                 "-1h",
                                 "+1h",
                                 "2 h",
                                 " 2h",
                                 "2H",
                                 "1w",
                                 "2h30mx",
                                 "010s",
                                 "00s",
                                 "36500d1s",
                                 "99999999999999999999h",
                                 "9223372036854775807d",
                                 "Never"}) {
    const std::string found = "'" + text + "', expected ";
    EXPECT_EQ(error_of(ExitCode::kUsage, [&] { parse_stop_after("--a", text); }),
              "--a: found " + found + examples);
    EXPECT_EQ(error_of(ExitCode::kUsage, [&] { parse_disk_patience("--a", text); }),
              "--a: found " + found + examples + ", or 0");
    EXPECT_EQ(error_of(ExitCode::kUsage, [&] { parse_snapshot_interval("--a", text); }),
              "--a: found " + found + "epochs such as 20, " + examples + ", or never");
  }
}

TEST(Duration, OnlyTheDiskPatienceMayBeZero) {
  for (const char* text : {"0s", "0h0m"}) {
    EXPECT_EQ(parse_disk_patience("--a", text).count(), 0);
    error_of(ExitCode::kUsage, [&] { parse_stop_after("--a", text); });
    error_of(ExitCode::kUsage, [&] { parse_snapshot_interval("--a", text); });
  }
  EXPECT_EQ(parse_disk_patience("--a", "0").count(), 0);
}

TEST(Duration, ANumberWithoutAUnitIsEpochsOrNothing) {
  EXPECT_EQ(parse_snapshot_interval("--a", "90").epochs, 90);
  EXPECT_TRUE(parse_snapshot_interval("--a", "never").never());
  for (const char* text : {"0", "010", "1000001"})
    error_of(ExitCode::kUsage, [&] { parse_snapshot_interval("--a", text); });
  error_of(ExitCode::kUsage, [] { parse_stop_after("--a", "90"); });
  error_of(ExitCode::kUsage, [] { parse_stop_after("--a", "0"); });
  error_of(ExitCode::kUsage, [] { parse_disk_patience("--a", "90"); });
}

}  // namespace
}  // namespace gpu_sweep
