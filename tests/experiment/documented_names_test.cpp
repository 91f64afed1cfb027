// The description of what is computed names every activation, optimizer and schedule, and the page of keys is
// up to date.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "engine/experiment/experiment_reference.h"
#include "engine/experiment/hyper_parameters.h"
#include "engine/experiment/key_places.h"
#include "engine/experiment/schedule_keys.h"

namespace gpu_sweep {
namespace {

std::string text_of(const char* name) {
  std::ostringstream text;
  text << std::ifstream(name).rdbuf();
  return text.str();
}

TEST(DocumentedNames, EveryActivationOptimizerAndScheduleIsDescribed) {
  const std::string text = text_of(GPU_SWEEP_WHAT_IS_COMPUTED);
  for (const std::string& name : activation_names()) EXPECT_THAT(text, testing::HasSubstr("`" + name + "`"));
  for (const std::string& name : optimizer_names()) EXPECT_THAT(text, testing::HasSubstr("`" + name + "`"));
  for (const std::string& name : schedule_names()) EXPECT_THAT(text, testing::HasSubstr("`" + name + "`"));
}

TEST(DocumentedNames, ThePageOfKeysIsUpToDate) {
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
