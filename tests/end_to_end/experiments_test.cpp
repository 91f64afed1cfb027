// Every experiment that is shipped with the program can be planned on Fashion-MNIST, or if it is for tabular
// data, on a small table.
#include <map>

#include "tests/end_to_end/study_fixture.h"
#include "tests/support/text.h"

namespace gpu_sweep::test {
namespace {

/// The files of experiments/, with the number of runs that `plan` counts. Every file in that folder must be
/// listed.
const std::map<std::string, std::string> kPlans = {
    {"activations", "30: 3 models x 10 seeds from 0"},
    {"batch_sizes", "50: 5 models x 10 seeds from 0"},
    {"dropout", "20: 2 models x 10 seeds from 0"},
    {"epochs", "40: 4 models x 10 seeds from 0"},
    {"final_model", "5: 1 model x 5 seeds from 0"},
    {"layer_depth", "500: 5 models x 100 seeds from 0"},
    {"layer_depth_once", "5: 5 models x 1 seed from 0"},
    {"learning_rates", "50: 5 models x 10 seeds from 0"},
    {"optimizers", "30: 3 models x 10 seeds from 0"},
    {"original", "1: 1 model x 1 seed from 0"},
    {"quick", "20: 5 models x 4 seeds from 0"},
    {"regularization", "70: 7 models x 10 seeds from 0"},
    {"schedules", "60: 6 models x 10 seeds from 0"},
    {"tabular", "80: 4 models x 20 seeds from 0"},
    {"variance_sources", "400: 20 models x 20 seeds from 0"},
};

/// Returns the text that follows "runs" in the output of plan.
std::string runs_of(const std::string& plan) {
  for (const std::string& line : lines_of(plan)) {
    if (line.starts_with("runs ")) return line.substr(line.find_first_not_of(' ', 5));
  }
  return "";
}

TEST_F(Study, EveryExperimentPlans) {
  std::string table = "x,target\n";
  for (int i = 0; i < 60; ++i) table += std::to_string(i) + (i % 2 == 0 ? ",even\n" : ",odd\n");
  write("table.csv", table);
  std::map<std::string, std::string> found;
  for (const auto& entry : std::filesystem::directory_iterator(GPU_SWEEP_EXPERIMENTS)) {
    ASSERT_EQ(entry.path().extension(), ".toml");
    const std::string name = entry.path().stem();
    std::vector<std::string> arguments = {"plan", entry.path(), "--device", "cpu"};
    if (name == "tabular") arguments.insert(arguments.end(), {"--data", "table.csv"});
    const Outcome plan = Program(directory_.path(), arguments).wait();
    EXPECT_EQ(plan.exit_code, 0) << name << ": " << plan.err;
    found[name] = runs_of(plan.out);
    EXPECT_THAT(read_file(entry.path()), testing::HasSubstr("\nname = \"" + name + "\"\n"))
        << "its results stand in results/NAME";
  }
  EXPECT_EQ(found, kPlans);
}

}  // namespace
}  // namespace gpu_sweep::test
