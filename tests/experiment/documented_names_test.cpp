// The description of what is computed names every activation, optimizer and schedule.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "engine/experiment/hyper_parameters.h"
#include "engine/experiment/schedule_keys.h"

namespace gpu_sweep {
namespace {

TEST(DocumentedNames, EveryActivationOptimizerAndScheduleIsDescribed) {
  std::ifstream file(GPU_SWEEP_WHAT_IS_COMPUTED);
  std::ostringstream text;
  text << file.rdbuf();
  for (const std::string& name : activation_names())
    EXPECT_THAT(text.str(), testing::HasSubstr("`" + name + "`"));
  for (const std::string& name : optimizer_names())
    EXPECT_THAT(text.str(), testing::HasSubstr("`" + name + "`"));
  for (const std::string& name : schedule_names())
    EXPECT_THAT(text.str(), testing::HasSubstr("`" + name + "`"));
}

}  // namespace
}  // namespace gpu_sweep
