#include "apps/gpu_sweep/training/shard.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/error_of.h"

namespace gpu_sweep {
namespace {

TEST(ShardFlag, ReadsSharesFromOneToAll) {
  EXPECT_EQ(parse_shard_flag("1/1"), (Shard{1, 1}));
  EXPECT_EQ(parse_shard_flag("2/3"), (Shard{2, 3}));
  EXPECT_EQ(parse_shard_flag("100000/100000"), (Shard{100'000, 100'000}));
}

TEST(ShardFlag, RefusesNonsense) {
  for (const char* text : {"", "/", "2", "2/", "/3", "0/3", "4/3", "-1/3", "1/-3", "1/0", "0/0", "1.0/3",
                           "1/3/3", " 1/3", "1/ 3", "01/3", "1/100001", "1/99999999999999999999", "a/b"}) {
    EXPECT_THAT(test::error_of(ExitCode::kUsage, [&] { parse_shard_flag(text); }),
                testing::StartsWith("--shard: found '"));
  }
}

TEST(ShardFlag, NamesTheFolder) {
  Experiment experiment;
  experiment.name = "quick";
  EXPECT_EQ(default_directory(experiment, std::nullopt), "results/quick");
  EXPECT_EQ(default_directory(experiment, Shard{2, 3}), "results/quick.shard-2-of-3");
}

}  // namespace
}  // namespace gpu_sweep
