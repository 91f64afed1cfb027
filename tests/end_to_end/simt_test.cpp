// The program on the stand-in for a GPU (tests/simt/README.md): tuning, lost and several devices, little
// memory, and results that must not be mixed.
#include "tests/end_to_end/study_fixture.h"
#include "tests/support/environment_variable.h"

namespace gpu_sweep::test {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr const char* kTiny = R"(name = "tiny"
runs = 6
[defaults]
epochs = 1
batch_size = 250
[[model]]
name = "small"
hidden = [8]
)";

class OnTheStandIn : public Study {
 protected:
  OnTheStandIn() : cache_("XDG_CACHE_HOME", directory_.path().string()) { write("tiny.toml", kTiny); }

  Outcome on_simt(std::vector<std::string> arguments) {
    arguments.insert(arguments.end(), {"--device", "simt", "--data", "data"});
    return Program(directory_.path(), std::move(arguments)).wait();
  }

  const EnvironmentVariable cache_;
};

TEST_F(OnTheStandIn, TunedValuesAreUsedUnlessOthersAreRequested) {
  std::string few = kTiny;
  few.replace(few.find("runs = 6"), 8, "runs = 3");
  write("few.toml", few);
  const Outcome tune = on_simt({"tune", "few.toml", "--precision", "fp32", "--json"});
  ASSERT_EQ(tune.exit_code, 0) << tune.err;
  EXPECT_THAT(tune.err, HasSubstr("saved in " + (directory_.path() / "gpu_sweep/tuned.json").string()));
  const auto result = nlohmann::json::parse(tune.out);
  const auto kept = nlohmann::json::parse(read("gpu_sweep/tuned.json"))["tuned"];
  ASSERT_EQ(kept.size(), 1u);
  EXPECT_EQ(kept[0]["card"], "SIMT stand-in");
  EXPECT_EQ(kept[0]["driver"], "CUDA 13.0");
  EXPECT_EQ(kept[0]["precision"], "fp32");
  EXPECT_EQ(kept[0]["lanes"], result["best"]["lanes"]);
  EXPECT_EQ(kept[0]["replicas_per_group"], result["best"]["replicas_per_group"]);
  for (const auto& timing : result["timings"]) {
    EXPECT_LE(timing["epochs_a_second"].get<double>(), result["best"]["epochs_a_second"].get<double>());
  }

  write("gpu_sweep/tuned.json", R"({"tuned": [{"card": "SIMT stand-in", "driver": "CUDA 13.0",)"
                                R"("precision": "fp32", "replicas_per_group": 3, "lanes": 1}]})");
  const std::string used = "groups of up to 3 runs on 1 lane, as gpu_sweep tune found best on SIMT stand-in";
  const Outcome run = on_simt({"run", "tiny.toml", "--precision", "fp32"});
  EXPECT_EQ(run.exit_code, 0) << run.err;
  EXPECT_THAT(run.err, HasSubstr(used));
  const Outcome asked =
      on_simt({"plan", "tiny.toml", "--precision", "fp32", "--lanes", "2", "--replicas-per-group", "2"});
  EXPECT_THAT(asked.err, Not(HasSubstr("tune found")));
  EXPECT_THAT(asked.out, HasSubstr("groups   3 of up to 2 runs"));
  const Outcome other = on_simt({"plan", "tiny.toml", "--precision", "bf16"});
  EXPECT_THAT(other.err, Not(HasSubstr("tune found")));

  write("gpu_sweep/tuned.json", "{");
  const Outcome damaged = on_simt({"plan", "tiny.toml", "--precision", "fp32"});
  EXPECT_EQ(damaged.exit_code, 0);
  EXPECT_THAT(damaged.err, HasSubstr("tuned.json: not written by gpu_sweep tune, so it is ignored"));
}

TEST_F(OnTheStandIn, OnTheCpuThereIsNothingToTune) {
  const Outcome outcome = gpu_sweep({"tune", "tiny.toml"});
  EXPECT_EQ(outcome.exit_code, 2);
  EXPECT_THAT(outcome.err, HasSubstr("--device: found cpu, expected a GPU"));
}

TEST_F(OnTheStandIn, AfterALostDeviceTheSameCommandContinuesToTheSameFigures) {
  const std::vector<std::string> command = {"run", "tiny.toml", "--replicas-per-group", "1", "--lanes",
                                            "1",   "--out"};
  const auto run = [&](const char* out) {
    std::vector<std::string> arguments = command;
    arguments.emplace_back(out);
    return on_simt(arguments);
  };
  ASSERT_EQ(run("whole").exit_code, 0);
  {
    // The device is lost after 900 operations. The check before training needs about 500.
    const EnvironmentVariable loss("SIMT_LOSS", "900");
    const Outcome outcome = run("parts");
    EXPECT_EQ(outcome.exit_code, 4);
    EXPECT_THAT(outcome.err, testing::ContainsRegex("[1-5] of 6 runs are kept in parts"));
    EXPECT_THAT(outcome.err, HasSubstr("error: simt:0 (SIMT stand-in) is lost, nothing runs on it any more"));
  }
  const Outcome rest = run("parts");
  EXPECT_EQ(rest.exit_code, 0) << rest.err;
  EXPECT_EQ(metrics("parts"), metrics("whole"));
}

TEST_F(OnTheStandIn, ASmallMemoryMakesGroupsSmallerAndNoOtherFigures) {
  const std::vector<std::string> command = {"run",         "tiny.toml", "--lanes", "1",
                                            "--precision", "fp32",      "--out"};
  const auto run = [&](const char* out, const std::vector<std::string>& more) {
    std::vector<std::string> arguments = command;
    arguments.emplace_back(out);
    arguments.insert(arguments.end(), more.begin(), more.end());
    return on_simt(arguments);
  };
  ASSERT_EQ(run("whole", {}).exit_code, 0);
  const EnvironmentVariable memory("SIMT_MEMORY", std::to_string(39 << 20));
  const Outcome chosen = run("chosen", {});
  EXPECT_EQ(chosen.exit_code, 0) << chosen.err;
  EXPECT_THAT(chosen.err, Not(HasSubstr("out of memory")));
  const Outcome halved = run("halved", {"--replicas-per-group", "6"});
  EXPECT_EQ(halved.exit_code, 0) << halved.err;
  EXPECT_THAT(halved.err, HasSubstr("continuing with groups of 3 instead of 6"));
  EXPECT_EQ(metrics("chosen"), metrics("whole"));
  EXPECT_EQ(metrics("halved"), metrics("whole"));
}

TEST_F(OnTheStandIn, AnotherCublasIsRefusedOnTheSameResults) {
  ASSERT_EQ(on_simt({"run", "tiny.toml", "--runs", "1"}).exit_code, 0);
  const EnvironmentVariable version("SIMT_CUBLAS", "130203");
  const Outcome outcome = on_simt({"run", "tiny.toml", "--runs", "2"});
  EXPECT_EQ(outcome.exit_code, 2);
  EXPECT_THAT(outcome.err,
              HasSubstr("numerics: \"cuBLAS 13.0.0, compute capability 9.0, 2 multiprocessors\" -> "
                        "\"cuBLAS 13.2.3, compute capability 9.0, 2 multiprocessors\""));
}

TEST_F(OnTheStandIn, TwoDevicesGiveTheFiguresOfOne) {
  const EnvironmentVariable devices("SIMT_DEVICES", "2");
  const Outcome both =
      on_simt({"run", "tiny.toml", "--replicas-per-group", "2", "--lanes", "1", "--out", "two"});
  EXPECT_EQ(both.exit_code, 0) << both.err;
  const EnvironmentVariable one("SIMT_DEVICES", "1");
  EXPECT_EQ(on_simt({"run", "tiny.toml", "--replicas-per-group", "2", "--out", "one"}).exit_code, 0);
  EXPECT_EQ(metrics("two"), metrics("one"));
}

}  // namespace
}  // namespace gpu_sweep::test
