// When a command fails, it has the right exit code, prints one line on stderr, and leaves nothing
// half-written.
#include <algorithm>

#include "tests/end_to_end/study_fixture.h"

namespace gpu_sweep::test {
namespace {

using testing::HasSubstr;

struct BadCommand {
  std::string name;
  std::vector<std::string> arguments;
  int exit_code;
  std::string message;                                     ///< a part of the message
  void (*damage)(const std::filesystem::path& directory);  ///< called first, with the working directory
};

void leave_alone(const std::filesystem::path&) {}

class Refused : public Study, public testing::WithParamInterface<BadCommand> {};

TEST_P(Refused, WithOneLineAndNothingHalfWritten) {
  const BadCommand& bad = GetParam();
  bad.damage(directory_.path());
  const auto before = listing();
  const Outcome outcome = Program(directory_.path(), bad.arguments).wait();
  EXPECT_EQ(outcome.exit_code, bad.exit_code);
  EXPECT_EQ(outcome.out, "");
  EXPECT_EQ(std::ranges::count(outcome.err, '\n'), 1) << outcome.err;
  EXPECT_THAT(outcome.err, testing::StartsWith("error: "));
  EXPECT_THAT(outcome.err, HasSubstr(bad.message));
  EXPECT_EQ(listing(), before);
}

std::string name_of(const testing::TestParamInfo<BadCommand>& test) { return test.param.name; }

BadCommand usage(const std::string& name, std::vector<std::string> arguments, const std::string& message) {
  return {name, std::move(arguments), 2, message, leave_alone};
}

INSTANTIATE_TEST_SUITE_P(
    Usage, Refused,
    testing::Values(
        usage("Nothing", {}, "no command"),
        usage("UnknownCommand", {"trian", "--hidden", "8"}, "(did you mean 'train'?)"),
        usage("UnknownFlag", {"run", "study.toml", "--epoch", "3"},
              "'--epoch': unknown flag (did you mean '--epochs'?)"),
        usage("UnknownFlagWithValue", {"run", "study.toml", "--lane=3"},
              "'--lane': unknown flag (did you mean '--lanes'?)"),
        usage("TwoExperiments", {"run", "study.toml", "other.toml"}, "'other.toml': one argument too many"),
        usage("NoExperiment", {"run"}, "no experiment"),
        usage("NoSuchExperiment", {"run", "none.toml"}, "none.toml: found no such file"),
        usage("ExperimentIsADirectory", {"run", "data"}, "data: found a directory"),
        usage("EpochsZero", {"run", "study.toml", "--epochs", "0"}, "--epochs: found '0'"),
        usage("EpochsOctal", {"run", "study.toml", "--epochs", "010"}, "--epochs: found '010'"),
        usage("EpochsSigned", {"run", "study.toml", "--epochs", "+3"}, "--epochs: found '+3'"),
        usage("EpochsHex", {"run", "study.toml", "--epochs", "0x10"}, "--epochs: found '0x10'"),
        usage("RunsOverflow", {"run", "study.toml", "--runs", "99999999999999999999"}, "--runs: found"),
        usage("SeedNegative", {"run", "study.toml", "--seed", "-1"}, "--seed: found '-1'"),
        usage("SeedTwice", {"run", "study.toml", "--seed", "1", "--seed", "2"},
              "--seed: found 2 times, expected once"),
        usage("SeedMissing", {"run", "study.toml", "--seed"}, "--seed: found no value"),
        usage("StopAfter", {"run", "study.toml", "--stop-after", "2h30"},
              "--stop-after: found '2h30', expected a time such as 2h30m"),
        usage("ClassesOne", {"train", "--hidden", "8", "--classes", "1"}, "--classes: found '1'"),
        usage("LanesZero", {"run", "study.toml", "--lanes", "0"}, "--lanes: found '0'"),
        usage("Replicas", {"run", "study.toml", "--replicas-per-group", "two"},
              "--replicas-per-group: found 'two'"),
        usage("Device", {"run", "study.toml", "--device", "gpu"},
              "--device: found 'gpu', expected auto, cpu"),
        usage("DeviceNumber", {"run", "study.toml", "--device", "cuda:x"}, "--device: found 'cuda:x'"),
        usage("Precision", {"run", "study.toml", "--precision", "fp64"},
              "--precision: found 'fp64', expected fp32, tf32 or bf16"),
        usage("NoHidden", {"train"}, "--hidden: missing"),
        usage("HiddenZero", {"train", "--hidden", "8,0"}, "--hidden: found '0'"),
        usage("HiddenEmptyPart", {"train", "--hidden", "8,,8"}, "--hidden: found '8,,8'"),
        usage("LearningRateNan", {"train", "--hidden", "8", "--learning-rate", "nan"},
              "--learning-rate: found 'nan'"),
        usage("LearningRateInfinite", {"train", "--hidden", "8", "--learning-rate", "inf"},
              "--learning-rate: found 'inf'"),
        usage("LearningRateTail", {"train", "--hidden", "8", "--learning-rate", "0.1x"},
              "--learning-rate: found '0.1x'"),
        usage("DropoutOne", {"train", "--hidden", "8", "--dropout", "1"}, "--dropout: found '1'"),
        usage("MomentumOfAdam", {"train", "--hidden", "8", "--momentum", "0.5"},
              "--momentum: not a hyper-parameter of adam"),
        usage("Shuffle", {"train", "--hidden", "8", "--shuffle", "yes"},
              "--shuffle: found 'yes', expected on or off"),
        usage("BatchLargerThanTheSet",
              {"train", "--hidden", "8", "--batch-size", "501", "--data", "data", "--out", "out"},
              "--batch-size: found '501', expected at most 500"),
        usage("Activation", {"train", "--hidden", "8", "--activation", "rel"},
              "--activation: found 'rel' (did you mean 'relu'?), expected relu"),
        usage("DataEmpty", {"run", "study.toml", "--data", ""}, "--data: found ''"),
        usage("OutEmpty", {"run", "study.toml", "--out", ""}, "--out: found ''"),
        usage("EarlyStoppingWithoutMonitor",
              {"train", "--hidden", "8", "--early-stopping", "none,patience=3"},
              "--early-stopping: found 'none,patience=3', expected none alone"),
        usage("EarlyStoppingKeyTwice",
              {"train", "--hidden", "8", "--early-stopping", "validation_loss,patience=3,patience=4"},
              "--early-stopping: found 'patience' twice"),
        usage("ScheduleKeyTwice", {"train", "--hidden", "8", "--schedule", "step,every=3 every=3"},
              "--schedule: found 'every' twice"),
        usage("SaveWeightsEmpty", {"train", "--hidden", "8", "--save-weights", ""},
              "--save-weights: found ''"),
        usage(
            "SaveWeightsOverTheData",
            {"train", "--hidden", "8", "--data", "data", "--save-weights", "data/./train-labels-idx1-ubyte"},
            "--save-weights data/./train-labels-idx1-ubyte: found an existing file that is no weights file, "
            "expected another name"),
        usage(
            "PageOverAnExperiment", {"judge", "s.csv", "--higher", "--page", "study.toml"},
            "--page study.toml: found an existing file that is no page of gpu_sweep judge, expected another "
            "name"),
        usage("SwitchWithANumber", {"run", "study.toml", "--until-decided=20"},
              "--until-decided: found the value '20', expected none"),
        usage("SwitchWithNo", {"judge", "s.csv", "--higher=no"}, "--higher: found the value 'no'"),
        usage("ShortSwitchWithAValue", {"run", "study.toml", "-q=1"}, "-q: found the value '1'"),
        usage("SwitchOfTheProgramWithAValue", {"--version=2"}, "--version: found the value '2'"),
        usage("Roofline", {"plan", "study.toml", "--roofline", "h10", "--data", "none"},
              "--roofline: found 'h10' (did you mean 'h100'?)"),
        usage("InitWeightsIntoAStore", {"train", "--hidden", "8", "--init-weights", "w.npz", "--out", "out"},
              "--init-weights"),
        usage("ShowNothing", {"show", "data"}, "data holds no results"),
        usage("ShowAFile", {"show", "study.toml"}, "study.toml holds no results"),
        usage("EvaluateNothing", {"evaluate"}, "--weights: missing"),
        usage("EvaluateSet", {"evaluate", "--weights", "w.npz", "--set", "valid"}, "--set: found 'valid'")),
    name_of);

INSTANTIATE_TEST_SUITE_P(
    Experiment, Refused,
    testing::Values(
        BadCommand{"UnknownKey",
                   {"run", "study.toml", "--data", "data"},
                   2,
                   "study.toml:3: sead: found an unknown key (did you mean 'seed'?)",
                   [](const std::filesystem::path& directory) {
                     write_file(directory / "study.toml",
                                "name = 'a'\nruns = 1\nsead = 2\n[[model]]\nname = 'm'\nhidden = [8]\n");
                   }},
        BadCommand{"WidthZero",
                   {"run", "study.toml", "--data", "data"},
                   2,
                   "study.toml:5: model.hidden: found 0",
                   [](const std::filesystem::path& directory) {
                     write_file(directory / "study.toml",
                                "name = 'a'\nruns = 1\n[[model]]\nname = 'm'\nhidden = [0]\n");
                   }},
        BadCommand{"LearningRateNan",
                   {"run", "study.toml", "--data", "data"},
                   2,
                   "study.toml:6: model.optimizer.learning_rate: found nan",
                   [](const std::filesystem::path& directory) {
                     write_file(directory / "study.toml",
                                "name = 'a'\nruns = 1\n[[model]]\nname = 'm'\nhidden = "
                                "[8]\noptimizer.learning_rate = nan\n");
                   }},
        BadCommand{"BatchLargerThanTheSet",
                   {"run", "study.toml", "--data", "data"},
                   2,
                   "batch_size: found 501",
                   [](const std::filesystem::path& directory) {
                     write_file(
                         directory / "study.toml",
                         "name = 'a'\nruns = 1\n[[model]]\nname = 'm'\nhidden = [8]\nbatch_size = 501\n");
                   }}),
    name_of);

BadCommand bad_data(const std::string& name, const std::string& message,
                    void (*damage)(const std::filesystem::path& directory)) {
  return {name, {"run", "study.toml", "--data", "data"}, 3, message, damage};
}

Bytes truncated(Bytes bytes) {
  bytes.resize(bytes.size() / 2);
  return bytes;
}

BadCommand out_of_the_user(const std::string& name, std::vector<std::string> arguments,
                           const std::string& message) {
  arguments.insert(arguments.end(), {"--data", "data", "--out", "out"});
  return {name, std::move(arguments), 2, message, [](const std::filesystem::path& directory) {
            std::filesystem::create_directory(directory / "out");
            write_file(directory / "out/summary.json", "{\"precious\": 1}\n");
          }};
}

INSTANTIATE_TEST_SUITE_P(
    FilesOfTheUser, Refused,
    testing::Values(
        out_of_the_user("Run", {"run", "study.toml"},
                        "out/summary.json: found an existing file that is no summary of gpu_sweep, "
                        "expected another folder"),
        out_of_the_user("Train", {"train", "--hidden", "8"}, "out/summary.json: found an existing")),
    name_of);

INSTANTIATE_TEST_SUITE_P(Output, Refused,
                         testing::Values(BadCommand{"WeightsWhereNoneCanBe",
                                                    {"train", "--hidden", "8", "--epochs", "1", "--data",
                                                     "data", "--save-weights", "/proc/x.npz"},
                                                    5,
                                                    "cannot write /proc/x.npz",
                                                    leave_alone},
                                         BadCommand{"WeightsOverADirectory",
                                                    {"train", "--hidden", "8", "--epochs", "1", "--data",
                                                     "data", "--save-weights", "data"},
                                                    5,
                                                    "cannot write data",
                                                    leave_alone},
                                         BadCommand{"WeightsBelowAFile",
                                                    {"run", "study.toml", "--data", "data", "--save-weights",
                                                     "study.toml/weights"},
                                                    5,
                                                    "cannot make directory study.toml/weights",
                                                    leave_alone}),
                         name_of);

INSTANTIATE_TEST_SUITE_P(
    Data, Refused,
    testing::Values(
        bad_data("NoDirectory", "data",
                 [](const std::filesystem::path& directory) {
                   std::filesystem::remove_all(directory / "data");
                 }),
        bad_data("NoFile", "t10k-labels",
                 [](const std::filesystem::path& directory) {
                   std::filesystem::remove(directory / "data" / kDataNames[3]);
                 }),
        bad_data("HtmlPage", "train-images-idx3-ubyte: an HTML page",
                 [](const std::filesystem::path& directory) {
                   write_file(directory / "data" / kDataNames[0], "<!DOCTYPE html>\n<p>Sign in\n");
                 }),
        bad_data("SeveralSets", "2 data sets, expected one of them: --data data/a or --data data/b",
                 [](const std::filesystem::path& directory) {
                   for (const std::string name : kDataNames) {
                     std::filesystem::copy(directory / "data" / name, directory / "data" / ("a-" + name));
                     std::filesystem::rename(directory / "data" / name, directory / "data" / ("b-" + name));
                   }
                 }),
        bad_data("WrongMagic", "train-images",
                 [](const std::filesystem::path& directory) {
                   write_bytes(directory / "data" / kDataNames[0], small_fashion_mnist()[1]);
                 }),
        bad_data("TruncatedGzip", "train-images",
                 [](const std::filesystem::path& directory) {
                   std::filesystem::remove(directory / "data" / kDataNames[0]);
                   write_bytes(directory / "data" / (std::string(kDataNames[0]) + ".gz"),
                               truncated(gzip_bytes(small_fashion_mnist()[0])));
                 }),
        bad_data("TestLabelTooLarge", "t10k-labels",
                 [](const std::filesystem::path& directory) {
                   write_bytes(directory / "data" / kDataNames[3], idx_labels(Bytes(120, 10)));
                 }),
        bad_data("CountMismatch", "train-labels",
                 [](const std::filesystem::path& directory) {
                   write_bytes(directory / "data" / kDataNames[1], idx_labels(Bytes(599, 1)));
                 })),
    name_of);

INSTANTIATE_TEST_SUITE_P(Weights, Refused,
                         testing::Values(BadCommand{"NoFile",
                                                    {"evaluate", "--weights", "none.npz", "--data", "data"},
                                                    3,
                                                    "none.npz",
                                                    leave_alone},
                                         BadCommand{"NotAnArchive",
                                                    {"evaluate", "--weights", "study.toml", "--data", "data"},
                                                    3,
                                                    "study.toml",
                                                    leave_alone}),
                         name_of);

}  // namespace
}  // namespace gpu_sweep::test
