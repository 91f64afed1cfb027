// The page that lists the keys of experiments is up to date.
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "engine/experiment/experiment_reference.h"
#include "engine/experiment/key_places.h"

namespace gpu_sweep {
namespace {

std::string text_of(const char* name) {
  std::ostringstream text;
  text << std::ifstream(name).rdbuf();
  return text.str();
}

TEST(KeyPage, IsUpToDate) {
  const std::string page = experiment_reference();
  for (const std::string& key : top_keys()) {
    const bool is_there =
        page.find("| `" + key + "` |") != page.npos || page.find("[" + key + "]") != page.npos;
    EXPECT_TRUE(is_there) << key;
  }
  EXPECT_TRUE(page == text_of(GPU_SWEEP_EXPERIMENT_KEYS))
      << GPU_SWEEP_EXPERIMENT_KEYS
      << " is stale: overwrite it with the output of gpu_sweep --experiment-keys";
}

}  // namespace
}  // namespace gpu_sweep
