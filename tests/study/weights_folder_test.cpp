#include "engine/study/weights_folder.h"

#include <gtest/gtest.h>

namespace gpu_sweep {
namespace {

TEST(WeightsPath, PlainNamesStay) {
  EXPECT_EQ(weights_path("out", "three hidden layer", 7), "out/three hidden layer, seed 7.npz");
  EXPECT_EQ(weights_path("out", "m, learning_rate=0.1", 0), "out/m, learning_rate=0.1, seed 0.npz");
}

TEST(WeightsPath, CharactersSpecialToFileSystemsAreEscapedAsInExports) {
  EXPECT_EQ(weights_path("out", "a/b (c)", 1), "out/a%2Fb %28c%29, seed 1.npz");
}

TEST(WeightsPath, NothingLeavesTheDirectory) {
  for (const char* name : {"../up", "/etc/passwd", "a/b", "..", ".hidden"}) {
    const std::filesystem::path path = weights_path("out", name, 1);
    EXPECT_EQ(path.parent_path(), "out") << name;
    EXPECT_NE(path.filename().string().front(), '.') << name;
  }
}

TEST(WeightsPath, DifferentNamesNeverShareAFile) {
  EXPECT_NE(weights_path("out", "a/b", 1), weights_path("out", "a:b", 1));
  EXPECT_NE(weights_path("out", "a/b", 1), weights_path("out", "a_b", 1));
  const std::string longer(200, 'x');
  EXPECT_NE(weights_path("out", longer, 1), weights_path("out", longer + "y", 1));
  EXPECT_LE(weights_path("out", longer, INT64_MAX).filename().string().size(), 255U);
}

}  // namespace
}  // namespace gpu_sweep
