#include "apps/gpu_sweep/flags/flags.h"

#include <gtest/gtest.h>

#include "tests/support/error_of.h"

namespace gpu_sweep {
namespace {

TEST(Flags, IntegersArePlainDecimalsInRange) {
  const IntegerRange range{0, 1000};
  EXPECT_EQ(parse_integer_flag("--n", "0", range), 0);
  EXPECT_EQ(parse_integer_flag("--n", "1000", range), 1000);
  for (const char* text : {"", " 1", "1 ", "+1", "-1", "010", "00", "0x1", "1e2", "1.0", "1001", "1,000",
                           "18446744073709551617", "one"}) {
    EXPECT_THROW(parse_integer_flag("--n", text, range), Error) << text;
  }
}

TEST(Flags, SeedsReachTheLargestSignedInteger) {
  EXPECT_EQ(parse_integer_flag("--seed", "9223372036854775807", kSeedRange), INT64_MAX);
  EXPECT_THROW(parse_integer_flag("--seed", "9223372036854775808", kSeedRange), Error);
}

TEST(Flags, NumbersAreFiniteAndInRange) {
  EXPECT_EQ(parse_number_flag("--x", "0.001", NumberRange::kPositive), 0.001);
  EXPECT_EQ(parse_number_flag("--x", "1e-3", NumberRange::kPositive), 0.001);
  EXPECT_EQ(parse_number_flag("--x", "0", NumberRange::kFraction), 0.0);
  for (const char* text :
       {"", "nan", "inf", "-inf", "infinity", "1e400", "1e39", "1e-60", "0.1x", " 0.1", "0,1", "-0.1"}) {
    EXPECT_THROW(parse_number_flag("--x", text, NumberRange::kPositive), Error) << text;
  }
  EXPECT_THROW(parse_number_flag("--x", "1", NumberRange::kFraction), Error);
}

TEST(Flags, WidthsAreAList) {
  EXPECT_EQ(parse_widths_flag("--hidden", "256,128,64"), (std::vector<int>{256, 128, 64}));
  EXPECT_EQ(parse_widths_flag("--hidden", "8"), std::vector<int>{8});
  EXPECT_TRUE(parse_widths_flag("--hidden", "none").empty());
  for (const char* text : {"", ",", "8,", ",8", "8,,8", "0", "8,65537", "8;8", "8 8", "None"}) {
    EXPECT_THROW(parse_widths_flag("--hidden", text), Error) << text;
  }
  std::string deep = "1";
  for (std::size_t i = 1; i < kMaxHiddenLayers; ++i) deep += ",1";
  EXPECT_EQ(parse_widths_flag("--hidden", deep).size(), kMaxHiddenLayers);
  EXPECT_THROW(parse_widths_flag("--hidden", deep + ",1"), Error);
}

TEST(Flags, AMessageNamesFlagFoundAndExpected) {
  EXPECT_EQ(test::error_of(ExitCode::kUsage, [] { parse_switch_flag("--shuffle", "yes"); }),
            "--shuffle: found 'yes', expected on or off");
}

}  // namespace
}  // namespace gpu_sweep
