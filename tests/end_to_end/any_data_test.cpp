// Data that does not consist of images of bytes, from the training to reports, exports and merges.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>

#include "tests/data/array_fixture.h"
#include "tests/end_to_end/program.h"
#include "tests/support/files.h"

namespace gpu_sweep::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;

constexpr const char* kStudy = R"(name = "trees"
runs = 2
target = "kind"
normalize = "standardize"
validation = { fraction = 0.25, seed = 1, stratified = true }
test = { fraction = 0.3 }
[defaults]
epochs = 8
batch_size = 16
optimizer.learning_rate = 0.01
[[model]]
name = "small"
hidden = [8]
[[model]]
name = "none"
hidden = []
)";

/// Returns 180 rows, which describe three kinds of trees. Without standardization, the first column would
/// dominate the others.
std::string table() {
  const char* kinds[] = {"oak", "ash", "elm, old"};
  std::string text = "height,constant,kind,width\n";
  for (int i = 0; i < 180; ++i) {
    const double height = 1e5 + 3000 * (i % 3) + 700 * std::sin(i),
                 width = (i % 3 == 1) + 0.3 * std::cos(3 * i);
    text += fmt::format("{:.2f},7,\"{}\",{:.4f}\n", height, kinds[i % 3], width);
  }
  return text;
}

/// Returns kStudy with `settings` in place of its number of runs, its normalization and its validation rows.
std::string study_with(const std::string& settings) {
  std::string text = kStudy;
  text.erase(text.find("normalize"), std::string("normalize = \"standardize\"\n").size());
  text.erase(text.find("validation"), text.find("test =") - text.find("validation"));
  return text.replace(text.find("runs = 2\n"), 9, settings);
}

class AnyData : public testing::Test {
 protected:
  AnyData() {
    write_file(directory_ / "trees.csv", table());
    write_file(directory_ / "trees.toml", kStudy);
  }

  Outcome run(std::vector<std::string> arguments) {
    return Program(directory_.path(), std::move(arguments)).wait();
  }

  std::string succeed(std::vector<std::string> arguments) {
    const std::string name = testing::PrintToString(arguments);
    const Outcome outcome = run(std::move(arguments));
    EXPECT_EQ(outcome.exit_code, 0) << name << outcome.err;
    return outcome.out;
  }

  Outcome run_study(std::vector<std::string> more = {}) {
    std::vector<std::string> arguments = {"run", "trees.toml", "--data", "trees.csv", "--device", "cpu"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return run(std::move(arguments));
  }

  TemporaryDirectory directory_;
};

TEST_F(AnyData, ATableThroughEveryCommand) {
  EXPECT_THAT(succeed({"plan", "trees.toml", "--data", "trees.csv", "--device", "cpu", "-q"}),
              HasSubstr("of data, up to"));
  const Outcome first = run_study({"--json", "--save-weights", "weights"});
  ASSERT_EQ(first.exit_code, 0) << first.err;
  EXPECT_THAT(first.err, HasSubstr("trees.csv: 126 + 54 rows of 3 values, 3 classes"));
  const auto summary = nlohmann::json::parse(first.out);
  EXPECT_EQ(summary["data"]["settings"]["normalize"], "standardize");
  EXPECT_EQ(summary["data"]["class_names"], (nlohmann::json{"ash", "elm, old", "oak"}));
  const double accuracy = summary["models"][0]["per_run"][1]["test_accuracy"];
  EXPECT_GT(accuracy, 0.9);

  // The weights file says how the inputs were prepared, and evaluate does the same with its inputs.
  std::string weights;
  for (const auto& entry : std::filesystem::directory_iterator(directory_ / "weights")) {
    const std::string name = entry.path().filename().string();
    if (name.find("small") != std::string::npos && name.find('1') != std::string::npos)
      weights = "weights/" + name;
  }
  const auto evaluated = nlohmann::json::parse(
      succeed({"evaluate", "--weights", weights, "--data", "trees.csv", "--device", "cpu", "--json"}));
  EXPECT_EQ(evaluated["accuracy"], accuracy);

  const std::string tables = succeed({"show", "results/trees"});
  EXPECT_THAT(tables, AllOf(HasSubstr("small"), HasSubstr("none")));
  succeed({"report", "results/trees", "--data", "trees.csv"});
  EXPECT_THAT(read_file(directory_ / "results/trees/report.html"),
              AllOf(HasSubstr("rows of 3 values, 3 classes"), HasSubstr("normalize standardize"),
                    HasSubstr("validation fraction 0.25 seed 1 stratified"),
                    testing::Not(HasSubstr("data:image/png"))));
  succeed({"export", "results/trees", "--format", "csv"});
  succeed({"verify", "results/trees"});

  // With more runs, the study is continued. The first runs are kept.
  const Outcome more = run_study({"--runs", "3"});
  EXPECT_THAT(more.err, HasSubstr("4 of 6 runs are there, training 2"));
  succeed({"compare", "results/trees", "results/trees"});

  std::string text = kStudy;
  text.erase(text.find("normalize"), std::string("normalize = \"standardize\"\n").size());
  write_file(directory_ / "trees.toml", text);
  const Outcome other = run_study();
  EXPECT_EQ(other.exit_code, 2);
  EXPECT_THAT(other.err, HasSubstr("normalize: \"standardize\" -> \"default\""));
}

/// Without validation rows, the commands show no metric of them.
TEST_F(AnyData, AModelTrainedOnAllTrainingRows) {
  write_file(
      directory_ / "trees.toml",
      "name = \"all\"\nruns = 3\ntarget = \"kind\"\nnormalize = \"standardize\"\nvalidation = \"none\"\n"
      "test = { fraction = 0.3 }\n[[model]]\nname = \"small\"\nhidden = [8]\nepochs = 4\n"
      "batch_size = 16\n");
  const Outcome first = run_study({"--json", "--save-weights", "weights"});
  ASSERT_EQ(first.exit_code, 0) << first.err;
  const auto summary = nlohmann::json::parse(first.out);
  EXPECT_EQ(summary["data"]["settings"]["validation"], "none");
  EXPECT_TRUE(summary["models"][0]["per_run"][0]["valid_accuracy"].is_null());
  EXPECT_THAT(summary["verdict"]["sentence"].get<std::string>(),
              HasSubstr("without validation rows, reaches"));
  EXPECT_THAT(run_study().err, HasSubstr("all 3 runs are there"));
  EXPECT_THAT(succeed({"show", "results/all"}), HasSubstr(" -  "));
  succeed({"report", "results/all", "--data", "trees.csv"});
  EXPECT_THAT(read_file(directory_ / "results/all/report.html"),
              AllOf(HasSubstr("126 for training, 0 for validation, 54 for testing"),
                    testing::Not(HasSubstr("<h3>Validation")), testing::Not(HasSubstr(">nan"))));
  for (const char* format : {"csv", "json", "npz", "tensorboard", "latex"})
    succeed({"export", "results/all", "--format", format});
  EXPECT_THAT(read_file(directory_ / "results/all/csv/runs.csv"), HasSubstr(",nan,nan,"));
  EXPECT_FALSE(std::filesystem::exists(directory_ / "results/all/tensorboard/small/mean/validation"));
  succeed({"verify", "results/all"});
  succeed({"compare", "results/all", "results/all"});
  const std::string weights = std::filesystem::directory_iterator(directory_ / "weights")->path().string();
  const auto evaluate = [&](const char* split) {
    return run({"evaluate", "--weights", weights, "--data", "trees.csv", "--device", "cpu", "--set", split});
  };
  EXPECT_EQ(evaluate("train").exit_code, 0);
  EXPECT_THAT(evaluate("validation").err,
              HasSubstr("--set: found validation, which has no rows in trees.csv"));
  EXPECT_THAT(evaluate("judging").err, HasSubstr("--set: found judging, which has no rows in trees.csv"));
}

TEST_F(AnyData, ArraysOfFloatsGiveTheSameBitsInAnArchiveAndAFolder) {
  std::vector<double> train, test;
  std::vector<double> labels[2];
  for (int i = 0; i < 90; ++i) {
    for (int j = 0; j < 5; ++j) (i < 60 ? train : test).push_back((j == i % 3) + 0.3 * std::sin(i * 7 + j));
    labels[i < 60 ? 0 : 1].push_back(i % 3);
  }
  const NamedFiles files = {{"x_train.npy", npy_bytes("<f8", {60, 5}, bytes_of<double>(train))},
                            {"y_train.npy", npy_bytes("<i4", {60}, bytes_of<std::int32_t>(labels[0]))},
                            {"x_test.npy", npy_bytes(">f4", {30, 5}, bytes_of<float>(test, true))},
                            {"y_test.npy", npy_bytes("|i1", {30}, bytes_of<std::int8_t>(labels[1]))}};
  write_zip(directory_ / "data.npz", files, true);
  std::filesystem::create_directory(directory_ / "folder");
  for (const auto& [name, bytes] : files) write_bytes(directory_ / "folder" / name, bytes);
  const auto train_on = [&](const std::string& place) {
    auto json =
        nlohmann::json::parse(succeed({"train", "--hidden", "6", "--epochs", "5", "--batch-size", "10",
                                       "--data", place, "--device", "cpu", "--json", "--quiet"}));
    json.erase("timing");
    return json["models"].dump();
  };
  const std::string archive = train_on("data.npz");
  const std::string folder = train_on("folder");
  EXPECT_EQ(archive.substr(0, archive.find("seconds")), folder.substr(0, folder.find("seconds")));
}

TEST_F(AnyData, BadFilesEndInOneLine) {
  write_bytes(directory_ / "bad.npz", {'P', 'K', 3, 4, 0, 0});
  write_file(directory_ / "bad.csv", "a,kind\n1,x\n?,y\n");
  const std::pair<const char*, const char*> cases[] = {
      {"bad.npz", "bad.npz: damaged or not a .npz archive"},
      {"bad.csv", "bad.csv, line 3: column 'a': found '?', expected a number"}};
  for (const auto& [file, message] : cases) {
    const Outcome outcome = run({"run", "trees.toml", "--data", file, "--device", "cpu"});
    EXPECT_EQ(outcome.exit_code, 3);
    EXPECT_THAT(outcome.err, HasSubstr(message));
    EXPECT_EQ(std::count(outcome.err.begin(), outcome.err.end(), '\n'), 1) << outcome.err;
  }
}

/// The run with seed k has the split that all runs would have if `validation.seed` were larger by k. Weights
/// files, shards and verdicts take it into account.
TEST_F(AnyData, EverySeedCanHaveItsOwnSplit) {
  write_file(directory_ / "own.toml", study_with("runs = 6\nseed = 3\nsplit = \"per_run\"\n"
                                                 "validation = { fraction = 0.25, seed = 1 }\n"));
  write_file(directory_ / "one.toml",
             study_with("runs = 1\nseed = 5\nvalidation = { fraction = 0.25, seed = 6 }\n"));
  const auto json = [&](std::vector<std::string> arguments) {
    arguments.insert(arguments.end(), {"--data", "trees.csv"});
    const Outcome outcome = run(std::move(arguments));
    EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
    return nlohmann::json::parse(outcome.out);
  };
  const auto own = json({"run", "own.toml", "-q", "--json", "-o", "own", "--save-weights", "weights"});
  const auto one = json({"run", "one.toml", "-q", "--json", "-o", "one"});
  for (const std::size_t model : {0, 1}) {
    auto expected = one["models"][model]["per_run"][0], found = own["models"][model]["per_run"][2];
    EXPECT_NE(found.at("key"), expected.at("key"));
    found.erase("key");
    expected.erase("key");
    EXPECT_EQ(found, expected);
  }
  EXPECT_EQ(own["verdict"]["split"]["policy"], "per_run");
  EXPECT_THAT(own["verdict"]["split"]["sentence"].get<std::string>(),
              HasSubstr("variance times 1 / n + 32 / 94"));
  EXPECT_NEAR(own["pairs"][0]["test_to_train"].get<double>(), 32.0 / 94, 1e-6);
  EXPECT_FALSE(own["pairs"][1].contains("test_to_train")) << "the test rows are the same for all";
  EXPECT_FALSE(one["verdict"].contains("split"));

  for (const auto& file : std::filesystem::directory_iterator(directory_ / "weights")) {
    if (file.path().filename().string().find("small") == std::string::npos ||
        file.path().filename().string().find('5') == std::string::npos) {
      continue;
    }
    const auto seen = json({"evaluate", "--weights", file.path().string(), "--set", "validation", "--json"});
    EXPECT_EQ(seen["accuracy"], own["models"][0]["per_run"][2]["valid_accuracy"]);
    EXPECT_EQ(seen["loss"], own["models"][0]["per_run"][2]["valid_loss"]);
  }

  for (const std::string shard : {"1/2", "2/2"}) {
    json({"run", "own.toml", "-q", "--json", "-o", "shard" + shard.substr(0, 1), "--shard", shard});
  }
  const auto merged = json({"merge", "merged", "shard1", "shard2", "-q", "--json"});
  EXPECT_EQ(merged["pairs"], own["pairs"]);
  EXPECT_EQ(merged["verdict"], own["verdict"]);

  const auto refused = [&](const std::vector<std::string>& arguments) {
    const Outcome outcome = run(arguments);
    EXPECT_EQ(outcome.exit_code, 2) << outcome.err;
    return outcome.err;
  };
  EXPECT_EQ(run({"export", "own", "--format", "csv"}).exit_code, 0);
  const std::vector<std::string> judge = {"judge", "own/csv/runs.csv", "--higher", "--columns"};
  std::vector<std::string> by_seed = judge, by_split = judge;
  by_seed.emplace_back("score=valid_accuracy");
  EXPECT_EQ(run(by_seed).exit_code, 3) << "sign flips take training sets for independent";
  by_split.insert(by_split.end(), {"score=valid_accuracy,split=seed", "--test-share", "0.254"});
  EXPECT_THAT(run(by_split).out, HasSubstr("paired by split: 6 random splits"));
  EXPECT_THAT(refused({"run", "own.toml", "-o", "until", "--until-decided", "--data", "trees.csv"}),
              HasSubstr("--until-decided: found split = \"per_run\", expected \"shared\""));
  write_file(directory_ / "own.toml",
             study_with("runs = 6\nseed = 3\nvalidation = { fraction = 0.25, seed = 1 }\n"));
  EXPECT_THAT(refused({"run", "own.toml", "-o", "own", "--data", "trees.csv"}),
              HasSubstr("split: \"per_run\" -> \"default\""));
}

TEST_F(AnyData, RowsOfTheTrainingFileCanJudge) {
  const auto study_of = [](const std::string& settings) {
    std::string text = kStudy;
    return text.replace(text.find("runs = 2\n"), 9, settings);
  };
  const auto json = [&](std::vector<std::string> arguments) {
    arguments.insert(arguments.end(), {"-q", "--json", "--data", "trees.csv"});
    return nlohmann::json::parse(succeed(std::move(arguments)), nullptr, false);
  };
  write_file(directory_ / "judged.toml",
             study_of("runs = 6\njudge = { fraction = 0.2, seed = 1, stratified = true }\n"));
  const auto study = json({"run", "judged.toml", "-o", "judged", "--save-weights", "weights"});
  EXPECT_EQ(study["verdict"]["judged_on"], "judging");
  EXPECT_EQ(study["pairs"][0]["metric"], "judging accuracy");
  EXPECT_THAT(succeed({"show", "judged"}), HasSubstr("\njudging rows  "));
  EXPECT_THAT(read_file(directory_ / "judged/report.html"),
              HasSubstr("validation</th><th scope=\"col\">judging</th><th scope=\"col\">test"));
  EXPECT_EQ(study["data"]["settings"]["judge"]["fraction"], 0.2);
  // Of 180 rows, 54 are held out for the test, 26 of the others to judge by, and 25 for validation.
  for (const auto& [split, rows] : {std::pair{"judge", 26}, {"valid", 25}, {"test", 54}}) {
    const auto accuracy = study["models"][0]["per_run"][0][std::string(split) + "_accuracy"].get<double>();
    EXPECT_NEAR(accuracy * rows, std::round(accuracy * rows), 1e-9) << split;
  }
  EXPECT_EQ(nlohmann::json::parse(succeed({"show", "judged", "--json"}))["models"], study["models"]);
  succeed({"export", "judged", "--format", "csv"});
  succeed({"verify", "judged"});
  const auto evaluated =
      json({"evaluate", "--weights", "weights/small, seed 1.npz", "--set", "judging", "--device", "cpu"});
  EXPECT_EQ(evaluated["set"], "judging");
  EXPECT_EQ(evaluated["images"], 26);
  EXPECT_EQ(evaluated["accuracy"], study["models"][0]["per_run"][1]["judge_accuracy"]);
  succeed({"judge", "judged/csv/runs.csv", "--higher", "--columns", "score=judge_accuracy"});

  for (const std::string shard : {"1/2", "2/2"}) {
    json({"run", "judged.toml", "-o", "shard" + shard.substr(0, 1), "--shard", shard});
  }
  EXPECT_EQ(json({"merge", "merged", "shard1", "shard2"})["pairs"], study["pairs"]);

  write_file(directory_ / "judged.toml", study_of("runs = 6\n"));
  const Outcome changed = run({"run", "judged.toml", "-o", "judged", "--data", "trees.csv"});
  EXPECT_EQ(changed.exit_code, 2);
  EXPECT_THAT(changed.err, AllOf(HasSubstr("judge: {"), HasSubstr(" -> \"default\"")));
}

}  // namespace
}  // namespace gpu_sweep::test
