// Runs that are stopped before they finish, and runs that must be started again.
#include <csignal>
#include <functional>

#include "tests/end_to_end/study_fixture.h"

namespace gpu_sweep::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;

class Snapshots : public Study {
 protected:
  std::vector<std::string> snapshot_files() const {
    std::vector<std::string> files;
    for (const std::string& name : listing()) {
      if (name.find("snapshots/") != std::string::npos && name.ends_with(".npz")) files.push_back(name);
    }
    return files;
  }

  /// Runs `command` with snapshots after every epoch, and sends `signal` to it when `due` returns true.
  Outcome stop_when(int signal, std::vector<std::string> command, const std::function<bool()>& due) {
    command.insert(command.end(), {"--snapshot-every", "1"});
    Program program(directory_.path(), with_usual_flags(std::move(command)));
    program.runs_until(due);
    program.send(signal);
    return program.wait();
  }

  /// Runs `command`, and sends `signal` to it when a snapshot exists.
  Outcome stop_at_a_snapshot(int signal, std::vector<std::string> command) {
    return stop_when(signal, std::move(command), [this] { return !snapshot_files().empty(); });
  }

  struct Midway {
    Outcome stopped;
    std::string epochs;
  };

  /// Stops `command` after its first snapshot but before its end. The number of epochs is chosen large enough
  /// for this.
  Midway stop_midway(int signal, std::vector<std::string> command) {
    Midway midway;
    command.emplace_back("--epochs");
    midway.epochs = std::to_string(enough_work(200, [&](int epochs) {
      std::vector<std::string> attempt = command;
      attempt.push_back(std::to_string(epochs));
      midway.stopped = stop_at_a_snapshot(signal, attempt);
      return midway.stopped.exit_code != 0;
    }));
    return midway;
  }
};

/// Both models are in the same group. The runs of the second model stop early, and the others go on without
/// them.
constexpr const char* kEverySetting = R"(name = "all"
runs = 2
normalize = "standardize"
[defaults]
hidden = [6]
batch_size = 64
label_smoothing = 0.1
class_weights = "balanced"
optimizer = { name = "adam", weight_decay = 0.001, l2 = 0.001, gradient_clip_norm = 0.5 }
[[model]]
name = "plateau"
schedule = { kind = "reduce_on_plateau", patience = 2, factor = 0.9, warmup = 2.5 }
early_stopping = { monitor = "validation_loss", patience = 100000, restore_best = true }
[[model]]
name = "cosine"
schedule = { kind = "cosine", warmup = 3 }
vary = ["order", "dropout"]
early_stopping = { monitor = "validation_accuracy", patience = 2, restore_best = true }
)";

/// One sweep is killed before the group is divided, and another one after that. Each is compared with a sweep
/// that is not killed and has groups of one run.
TEST_F(Snapshots, AKilledSweepWithEverySettingAtOnceResumesToTheLastBit) {
  write("study.toml", kEverySetting);
  for (const std::size_t left : {4, 2}) {
    SCOPED_TRACE(std::to_string(left) + " runs are left in the group");
    const std::vector<std::string> command = {
        "run",     "study.toml",           "--out", "results", "--save-weights",
        "weights", "--replicas-per-group", "4",     "--epochs"};
    Outcome stopped;
    const std::string epochs = std::to_string(enough_work(200, [&](int enough) {
      std::filesystem::remove_all(directory_ / "weights");
      std::vector<std::string> attempt = command;
      attempt.push_back(std::to_string(enough));
      stopped = stop_when(SIGKILL, attempt, [&] {
        return snapshot_files().size() == left && kept_runs("results") == 4 - left;
      });
      return stopped.exit_code != 0;
    }));
    EXPECT_EQ(stopped.signal, SIGKILL) << stopped.err;
    std::vector<std::string> again = command;
    again.push_back(epochs);
    const Outcome resumed = gpu_sweep(again);
    EXPECT_EQ(resumed.exit_code, 0) << resumed.err;
    EXPECT_THAT(resumed.err, HasSubstr("of them from snapshots"));
    std::filesystem::remove_all(directory_ / "whole");
    std::filesystem::remove_all(directory_ / "whole_weights");
    const Outcome whole = gpu_sweep({"run", "study.toml", "--epochs", epochs, "--out", "whole",
                                     "--save-weights", "whole_weights", "--replicas-per-group", "1"});
    EXPECT_EQ(whole.exit_code, 0) << whole.err;
    EXPECT_EQ(metrics_text("results"), metrics_text("whole"));
    std::size_t files = 0;
    for (const auto& entry : std::filesystem::directory_iterator(directory_ / "whole_weights")) {
      const std::string name = entry.path().filename().string();
      EXPECT_TRUE(read("weights/" + name) == read("whole_weights/" + name)) << name;
      files += name.ends_with(".npz");
    }
    EXPECT_EQ(files, 4u);
  }
}

TEST_F(Snapshots, AnInterruptedRunResumesWhereItStoppedToTheLastBit) {
  const auto [stopped, epochs] = stop_midway(SIGINT, {"run", "study.toml"});
  EXPECT_EQ(stopped.signal, SIGINT) << stopped.err;
  EXPECT_THAT(stopped.err, HasSubstr("the same command continues"));
  ASSERT_FALSE(snapshot_files().empty());
  const Outcome resumed = gpu_sweep({"run", "study.toml", "--epochs", epochs});
  EXPECT_EQ(resumed.exit_code, 0) << resumed.err;
  EXPECT_THAT(resumed.err, HasSubstr("of them from snapshots"));
  EXPECT_TRUE(snapshot_files().empty());
  const auto whole = without_timing(json_of({"run", "study.toml", "--epochs", epochs, "--out", "whole"}));
  EXPECT_EQ(metrics("results/study"), whole);
}

TEST_F(Snapshots, TrainResumesInItsFolder) {
  const auto command = [](const std::string& out) {
    return std::vector<std::string>{"train", "--hidden", "32", "--batch-size", "64", "--out", out};
  };
  const auto [stopped, epochs] = stop_midway(SIGINT, command("results/one"));
  EXPECT_EQ(stopped.signal, SIGINT) << stopped.err;
  EXPECT_THAT(stopped.err,
              HasSubstr("stopped: a snapshot of the run is kept in results/one; the same command continues"));
  ASSERT_FALSE(snapshot_files().empty());
  const auto for_all_epochs = [&, &epochs = epochs](const std::string& out) {
    std::vector<std::string> arguments = command(out);
    arguments.insert(arguments.end(), {"--epochs", epochs, "--snapshot-every", "1"});
    return arguments;
  };
  const Outcome resumed = gpu_sweep(for_all_epochs("results/one"));
  EXPECT_EQ(resumed.exit_code, 0);
  EXPECT_THAT(resumed.err, HasSubstr("results/one: continues after epoch "));
  EXPECT_TRUE(snapshot_files().empty());
  EXPECT_EQ(metrics("results/one"), without_timing(json_of(for_all_epochs("whole"))));
}

TEST_F(Snapshots, OfTrainNeedAFolder) {
  const Outcome homeless = gpu_sweep({"train", "--hidden", "8", "--snapshot-every", "1"});
  EXPECT_EQ(homeless.exit_code, 2);
  EXPECT_THAT(homeless.err, HasSubstr("--out"));
}

/// If the program waited for the end of the second epoch, which is the last one, the run would be finished
/// and leave no snapshot.
TEST_F(Snapshots, AStopDoesNotWaitForALongEpoch) {
  Outcome stopped;
  enough_work(512, [&](int width) {
    write("long.toml", "name = \"long\"\nruns = 1\n[[model]]\nname = \"wide\"\nhidden = [" +
                           std::to_string(width) + "]\nbatch_size = 1\nepochs = 2\n");
    stopped = stop_at_a_snapshot(SIGTERM, {"run", "long.toml"});
    return stopped.exit_code != 0;
  });
  EXPECT_EQ(stopped.signal, SIGTERM) << stopped.err;
  EXPECT_EQ(snapshot_files().size(), 1U);
  EXPECT_THAT(gpu_sweep({"run", "long.toml"}).err, HasSubstr("of them from snapshots"));
  EXPECT_EQ(metrics("results/long"), without_timing(json_of({"run", "long.toml", "--out", "whole"})));
}

TEST_F(Snapshots, ADamagedOneIsNamedAndItsRunBeginsAgain) {
  const std::string epochs = stop_midway(SIGKILL, {"run", "study.toml"}).epochs;
  const auto files = snapshot_files();
  ASSERT_FALSE(files.empty());
  std::string bytes = read(files[0]);
  bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] ^ 1);
  write(files[0], bytes);
  const Outcome resumed = gpu_sweep({"run", "study.toml", "--epochs", epochs});
  EXPECT_EQ(resumed.exit_code, 0) << resumed.err;
  EXPECT_THAT(resumed.err, AllOf(HasSubstr("damaged snapshot, its run starts over"), HasSubstr(files[0])));
  const auto whole = without_timing(json_of({"run", "study.toml", "--epochs", epochs, "--out", "whole"}));
  EXPECT_EQ(metrics("results/study"), whole);
}

TEST_F(Snapshots, ShortRunsWriteNone) {
  gpu_sweep({"run", "study.toml"});
  EXPECT_EQ(listing().count("results/study/snapshots"), 0U);
}

TEST_F(Snapshots, AnIntervalMustMakeSense) {
  for (const char* interval : {"0", "-1", "min", "5 min", "5days", "", "1e3"}) {
    const Outcome outcome = gpu_sweep({"run", "study.toml", "--snapshot-every", interval});
    EXPECT_EQ(outcome.exit_code, 2) << interval;
    EXPECT_THAT(outcome.err, HasSubstr("--snapshot-every: found '")) << interval;
  }
  for (const char* interval : {"20", "30s", "5min", "2h", "never"}) {
    EXPECT_EQ(gpu_sweep({"run", "study.toml", "--snapshot-every", interval}).exit_code, 0) << interval;
  }
}

TEST_F(Snapshots, FreshStartsOverInAnotherFolderAndDeletesNothing) {
  EXPECT_THAT(gpu_sweep({"run", "study.toml", "--fresh"}).err, HasSubstr("results/study: 0 of 6"));
  const std::string first = read("results/study/summary.json");
  auto before = listing();
  const Outcome second = gpu_sweep({"run", "study.toml", "--epochs", "1", "--fresh"});
  EXPECT_EQ(second.exit_code, 0) << second.err;
  EXPECT_THAT(second.err, HasSubstr("results/study.2: 0 of 6"));
  EXPECT_THAT(gpu_sweep({"run", "study.toml", "--fresh"}).err, HasSubstr("results/study.3: 0 of 6"));
  const auto after = listing();
  EXPECT_TRUE(std::ranges::includes(after, before));
  EXPECT_EQ(read("results/study/summary.json"), first);
}

TEST_F(Snapshots, AFreshStartNeverOverwritesWeights) {
  const std::vector<std::string> command = {"run", "study.toml", "--save-weights", "weights"};
  gpu_sweep(command);
  const std::string first = read("weights/deep, seed 7.npz");
  const auto before = listing();
  for (const auto& more :
       {std::vector<std::string>{"--fresh"}, {"--fresh", "--runs", "1"}, {"--out", "other"}}) {
    auto again = command;
    again.insert(again.end(), more.begin(), more.end());
    again.insert(again.end(), {"--epochs", "1"});
    const Outcome outcome = gpu_sweep(again);
    EXPECT_EQ(outcome.exit_code, 2) << outcome.err;
    EXPECT_THAT(outcome.err, HasSubstr("--save-weights: weights holds the weights of"));
    EXPECT_EQ(listing(), before);
  }
  EXPECT_EQ(read("weights/deep, seed 7.npz"), first);
  EXPECT_EQ(gpu_sweep({"run", "study.toml", "--fresh", "--save-weights", "others"}).exit_code, 0);
  EXPECT_EQ(gpu_sweep({"run", "study.toml", "--runs", "4", "--save-weights", "weights"}).exit_code, 0)
      << "the same study continues in its folder";
  EXPECT_EQ(read("weights/deep, seed 7.npz"), first);
}

TEST_F(Snapshots, AContinuedStudyOverwritesOnlyItsOwnWeights) {
  gpu_sweep({"run", "study.toml", "--epochs", "1", "--runs", "4", "--save-weights", "others"});
  gpu_sweep({"run", "study.toml", "--out", "mine", "--save-weights", "weights"});
  const std::string first = read("others/deep, seed 8.npz");
  const auto into = [&](const char* folder) {
    return gpu_sweep({"run", "study.toml", "--out", "mine", "--runs", "4", "--save-weights", folder});
  };
  const auto before = listing();
  const Outcome refused = into("others");
  EXPECT_EQ(refused.exit_code, 2) << refused.err;
  EXPECT_THAT(refused.err, HasSubstr("--save-weights: others/"));
  EXPECT_THAT(refused.err, HasSubstr("seed 8.npz would be overwritten"));
  EXPECT_EQ(listing(), before);
  EXPECT_EQ(read("others/deep, seed 8.npz"), first);

  gpu_sweep({"run", "study.toml", "--out", "twin", "--runs", "4", "--save-weights", "twin's"});
  const std::string own = read("twin's/deep, seed 8.npz");
  write("weights/deep, seed 8.npz", own);  // as if a kill had come before the run was stored
  EXPECT_EQ(into("weights").exit_code, 0);
  EXPECT_EQ(read("weights/deep, seed 8.npz"), own);
}

TEST_F(Snapshots, AStoppedFreshStartSaysHowToContinue) {
  gpu_sweep({"run", "study.toml"});
  const Outcome stopped = stop_at_a_snapshot(SIGTERM, {"run", "study.toml", "--epochs", "100000", "--fresh"});
  EXPECT_EQ(stopped.signal, SIGTERM);
  EXPECT_THAT(stopped.err, HasSubstr("with --out results/study.2 instead of --fresh continues"));
}

}  // namespace
}  // namespace gpu_sweep::test
