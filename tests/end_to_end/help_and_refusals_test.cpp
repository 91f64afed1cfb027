// Help texts, the list of devices, and refusals: of precisions, weights, output folders and a standard output
// that cannot be used.
#include <csignal>
#include <regex>
#include <set>
#include <string>

#include "tests/end_to_end/study_fixture.h"
#include "tests/support/environment_variable.h"

namespace gpu_sweep::test {
namespace {

using testing::HasSubstr;

TEST_F(Study, EveryCommandHelpsWithAnExample) {
  const Outcome all = Program(directory_.path(), {"--help"}).wait();
  EXPECT_EQ(all.exit_code, 0);
  EXPECT_THAT(all.out, HasSubstr("Exit codes"));
  const std::string listed = all.out.substr(all.out.find("Subcommands:"));
  const std::regex line("\n  ([a-z]+) ");
  std::set<std::string> commands;
  for (std::sregex_iterator each(listed.begin(), listed.end(), line), end; each != end; ++each) {
    commands.insert((*each)[1]);
  }
  EXPECT_THAT(commands, testing::IsSupersetOf({"run", "train", "judge", "selftest"}));
  for (const std::string& command : commands) {
    const Outcome outcome = Program(directory_.path(), {command, "--help"}).wait();
    EXPECT_EQ(outcome.exit_code, 0) << command;
    EXPECT_THAT(outcome.out, HasSubstr("Usage: gpu_sweep " + command));
    EXPECT_THAT(outcome.out, HasSubstr("Example: gpu_sweep " + command));
    EXPECT_EQ(outcome.err, "") << command;
  }
  EXPECT_THAT(Program(directory_.path(), {"--version"}).wait().out, testing::StartsWith("gpu_sweep "));
}

TEST_F(Study, DevicesListTheCpu) {
  const Outcome outcome = Program(directory_.path(), {"devices"}).wait();
  EXPECT_EQ(outcome.exit_code, 0);
  EXPECT_THAT(outcome.out, testing::StartsWith("cpu\n"));
}

TEST_F(Study, Bf16WithoutItsInstructionsIsRefused) {
  const EnvironmentVariable instructions("ONEDNN_MAX_CPU_ISA", "AVX512_CORE");
  const Outcome devices = Program(directory_.path(), {"devices"}).wait();
  const Outcome training =
      Program(directory_.path(), {"train", "--hidden", "8", "--precision", "bf16", "--data", "data"}).wait();
  EXPECT_THAT(devices.out, HasSubstr("no bf16 products"));
  EXPECT_EQ(training.exit_code, 4);
  EXPECT_THAT(training.err, HasSubstr("--precision bf16"));
}

TEST_F(Study, AFullStandardOutputIsAnError) {
  const Outcome outcome = Program(directory_.path(), {"devices"}, "/dev/full").wait();
  EXPECT_EQ(outcome.exit_code, 5);
  EXPECT_THAT(outcome.err, HasSubstr("standard output"));
  const std::vector<std::string> closing = {"sh", "-c", "exec \"$0\" \"$@\" >&-"};
  const Outcome closed = Program(directory_.path(), {"devices"}, ".stdout", closing).wait();
  EXPECT_EQ(closed.exit_code, 5);
  EXPECT_THAT(closed.err, HasSubstr("standard output"));
}

TEST_F(Study, WeightsOfAnotherShapeAreRefused) {
  ASSERT_EQ(
      gpu_sweep({"train", "--hidden", "8", "--epochs", "1", "--batch-size", "64", "--save-weights", "w.npz"})
          .exit_code,
      0);
  const Outcome outcome =
      gpu_sweep({"train", "--hidden", "9", "--epochs", "1", "--batch-size", "64", "--init-weights", "w.npz"});
  EXPECT_EQ(outcome.exit_code, 3);
  EXPECT_THAT(outcome.err, HasSubstr("w.npz: dense_0/kernel: found [784, 8], expected [784, 9]"));
}

TEST_F(Study, TrainedWeightsNeverReplaceTheInitialOnes) {
  std::vector<std::string> train = {"train", "--hidden",       "8",    "--epochs", "1", "--batch-size",
                                    "64",    "--save-weights", "w.npz"};
  ASSERT_EQ(gpu_sweep(train).exit_code, 0);
  const std::string weights = read("w.npz");
  train.insert(train.end(), {"--init-weights", "./w.npz"});
  const Outcome outcome = gpu_sweep(train);
  EXPECT_EQ(outcome.exit_code, 2);
  EXPECT_THAT(outcome.err, HasSubstr("--save-weights: found the file of --init-weights"));
  EXPECT_EQ(read("w.npz"), weights);
}

TEST_F(Study, AnOutputThatCannotBeMadeIsRefused) {
  write("file", "");
  const Outcome outcome = gpu_sweep({"run", "study.toml", "--out", "file/below"});
  EXPECT_EQ(outcome.exit_code, 5) << outcome.err;
}

TEST_F(Study, ADirectoryInUseIsRefused) {
  Program holder(directory_.path(), with_usual_flags({"run", "study.toml", "--epochs", "100000"}));
  holder.runs_until([this] { return listing().count("results/study/runs.sqlite") == 1; });
  const Outcome outcome = gpu_sweep({"run", "study.toml", "--epochs", "100000"});
  EXPECT_EQ(outcome.exit_code, 6) << outcome.err;
  EXPECT_THAT(outcome.err, HasSubstr("results/study"));
  ASSERT_TRUE(holder.running());
  holder.send(SIGINT);
  const Outcome stopped = holder.wait();
  EXPECT_EQ(stopped.signal, SIGINT);
  EXPECT_THAT(stopped.err, HasSubstr("stopping; repeat to stop at once\n"));
}

}  // namespace
}  // namespace gpu_sweep::test
