#include "engine/experiment/nearest_name.h"

#include <gtest/gtest.h>

#include <vector>

namespace gpu_sweep {
namespace {

const std::vector<std::string> kKnown = {"epochs", "dropout", "batch_size", "hidden"};

TEST(NearestName, FindsATypingError) {
  EXPECT_EQ(nearest_name("epoch", kKnown), "epochs");
  EXPECT_EQ(nearest_name("eopchs", kKnown), "epochs");
  EXPECT_EQ(nearest_name("droupout", kKnown), "dropout");
  EXPECT_EQ(nearest_name("batchsize", kKnown), "batch_size");
  EXPECT_EQ(nearest_name("hiddem", kKnown), "hidden");
}

TEST(NearestName, IsSilentWhereNothingIsNear) {
  EXPECT_EQ(nearest_name("learning_rate", kKnown), "");
  EXPECT_EQ(nearest_name("", kKnown), "");
  EXPECT_EQ(nearest_name(std::string(100'000, 'e'), kKnown), "");
  EXPECT_EQ(did_you_mean("x", kKnown), "");
}

TEST(NearestName, ReadsAsAQuestion) { EXPECT_EQ(did_you_mean("epoch", kKnown), " (did you mean 'epochs'?)"); }

}  // namespace
}  // namespace gpu_sweep
