// run --keep-predictions: class probabilities on the disk, in the summary, the report and the exports.
#include <map>

#include "engine/store/formats/npz.h"
#include "engine/store/runs/probabilities.h"
#include "gpu_sweep/run_store.h"
#include "tests/end_to_end/study_fixture.h"

namespace gpu_sweep::test {
namespace {

using testing::HasSubstr;
using testing::Not;

class KeptPredictions : public Study {
 protected:
  Outcome run(const std::string& out, std::vector<std::string> more = {}) {
    std::vector<std::string> arguments = {"run", "study.toml", "--out", out, "--keep-predictions"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return gpu_sweep(arguments);
  }

  /// Returns the contents of the files of probabilities, by name.
  std::map<std::string, std::string> files(const std::string& out) const {
    std::map<std::string, std::string> bytes;
    for (const std::string& name : listing()) {
      if (name.starts_with(out + "/probabilities/")) bytes[name.substr(out.size())] = read(name);
    }
    return bytes;
  }

  std::vector<RunRecord> records(const std::string& out) const {
    return RunStore::open(directory_ / out).runs();
  }

  std::optional<TestProbabilities> probabilities_of(const std::string& out, const RunRecord& record) const {
    return find_probabilities(directory_ / out, record.key, 120).whole;
  }
};

TEST_F(KeptPredictions, AgreeWithTheClassesThatRunsPredict) {
  ASSERT_EQ(run("kept").exit_code, 0);
  for (const RunRecord& record : records("kept")) {
    const auto kept = probabilities_of("kept", record);
    ASSERT_TRUE(kept) << record.key;
    ASSERT_EQ(kept->classes, 10);
    double loss = 0;
    for (std::size_t i = 0; i < 120; ++i) {
      double sum = 0;
      float highest = 0;
      for (std::size_t k = 0; k < 10; ++k) {
        const float p = to_float(kept->values[10 * i + k]);
        sum += p;
        highest = std::max(highest, p);
      }
      EXPECT_NEAR(sum, 1, 10 * 0x1p-12) << "ten roundings of at most 2^-12";
      EXPECT_EQ(to_float(kept->values[10 * i + record.test_predictions[i]]), highest);
      loss -= std::log(to_float(kept->values[10 * i + kept->labels[i]])) / 120;
    }
    EXPECT_NEAR(loss, record[Split::kTest].loss, 1e-3);
  }
}

TEST_F(KeptPredictions, AreInSummaryReportAndExport) {
  ASSERT_EQ(run("kept").exit_code, 0);
  const std::string summary = read("kept/summary.json");
  EXPECT_EQ(Program(directory_.path(), {"show", "kept", "--json"}).wait().out, summary);
  const auto parsed = nlohmann::json::parse(summary);
  for (const auto& model : parsed["models"]) {
    const auto& calibration = model["calibration"];
    EXPECT_EQ(calibration["runs"], 3);
    EXPECT_NEAR(calibration["single"]["accuracy"], model["test_accuracy"]["mean"], 0.01);
    double images = 0;
    for (const auto& bin : calibration["ensemble"]["bins"]) images += bin[0].get<double>();
    EXPECT_EQ(images, 120);
  }
  EXPECT_THAT(read("kept/report.html"), HasSubstr("<section id=\"confidence\">"));

  const Outcome exported = Program(directory_.path(), {"export", "kept", "--format", "npz"}).wait();
  ASSERT_EQ(exported.exit_code, 0) << exported.err;
  const NpzArrays arrays = read_npz(directory_ / "kept/npz/predictions.npz");
  EXPECT_THAT(arrays.at("wide/probabilities").shape, testing::ElementsAre(3, 120, 10));
  EXPECT_THAT(arrays.at("labels").shape, testing::ElementsAre(120));
  const auto values = npy_values<Fp16>(arrays.at("deep/probabilities"));
  const auto last = probabilities_of("kept", records("kept").back());
  EXPECT_TRUE(std::equal(last->values.begin(), last->values.end(), values.begin() + 2 * 1200));
}

TEST_F(KeptPredictions, AreNotKeptUnasked) {
  ASSERT_EQ(gpu_sweep({"run", "study.toml"}).exit_code, 0);
  EXPECT_TRUE(files("results/study").empty());
  EXPECT_THAT(read("results/study/summary.json"), Not(HasSubstr("calibration")));
  EXPECT_THAT(read("results/study/report.html"), HasSubstr("run --keep-predictions</code> keeps them"));
}

TEST_F(KeptPredictions, ChangeNoOtherFigureAndNoBitByGroupingOrLanes) {
  const auto expected = without_timing(json_of({"run", "study.toml", "--out", "plain"}));
  ASSERT_EQ(run("kept", {"--lanes", "1"}).exit_code, 0);
  ASSERT_EQ(run("grouped", {"--lanes", "2", "--replicas-per-group", "3"}).exit_code, 0);
  EXPECT_EQ(files("kept").size(), 6U);
  EXPECT_TRUE(files("kept") == files("grouped"));
  auto summary = metrics("kept");
  for (auto& model : summary["models"]) model.erase("calibration");
  EXPECT_EQ(summary, expected);
}

TEST_F(KeptPredictions, OfRunsThatWereTrainedBeforeAreMadeAgain) {
  ASSERT_EQ(gpu_sweep({"run", "study.toml", "--out", "late"}).exit_code, 0);
  const Outcome late = run("late");
  EXPECT_EQ(late.exit_code, 0);
  EXPECT_THAT(late.err,
              HasSubstr("6 finished runs without class probabilities, trained again to obtain them"));
  EXPECT_THAT(late.err, HasSubstr("late: 6 of 6 runs are there, training 6 of them again"));
  ASSERT_EQ(run("kept").exit_code, 0);
  EXPECT_TRUE(files("late") == files("kept"));
  EXPECT_THAT(run("late").err, HasSubstr("all 6 runs are there, nothing to train"));
}

TEST_F(KeptPredictions, OfSomeRunsAreCountedAndNeverMixedWithTheOthers) {
  ASSERT_EQ(run("kept", {"--runs", "2"}).exit_code, 0);
  const auto confidence = [&] {
    const std::string page = read("kept/report.html");
    const std::size_t caption = page.find("<caption>On the test set: accuracy (%) of a single run");
    return page.substr(caption, page.find("</table>", caption) - caption);
  };
  const std::string of_two = confidence();
  EXPECT_THAT(of_two, HasSubstr("</th><td>2</td>"));
  const Outcome more = gpu_sweep({"run", "study.toml", "--out", "kept", "--runs", "4"});
  EXPECT_EQ(more.exit_code, 0);
  for (const std::string model : {"wide", "deep"}) {
    EXPECT_THAT(more.err, HasSubstr("'" + model + "': 2 of 4 runs keep no class probabilities"));
  }
  std::string expected = of_two;
  for (std::size_t at = 0; (at = expected.find("</th><td>2</td>", at)) != std::string::npos; ++at) {
    expected.replace(at, 15, "</th><td>2 of 4</td>");
  }
  EXPECT_EQ(confidence(), expected) << "metrics, including the vote, of the runs that keep them";
  const Outcome exported = Program(directory_.path(), {"export", "kept", "--format", "npz"}).wait();
  EXPECT_EQ(exported.exit_code, 0);
  EXPECT_THAT(exported.err,
              HasSubstr("'wide': its class probabilities are not exported: 2 of 4 runs keep none"));
}

class DamagedPredictions : public KeptPredictions {
 protected:
  /// Keeps the probabilities of all runs, changes one bit in one of the files, and returns the name of this
  /// file.
  std::string keep_and_damage() {
    EXPECT_EQ(run("kept").exit_code, 0);
    const auto [file, bytes] = *files("kept").begin();
    std::string damaged = bytes;
    damaged[damaged.size() / 2] ^= 1;
    write("kept" + file, damaged);
    return "kept" + file;
  }
};

TEST_F(DamagedPredictions, AreLeftOutOfTheCalibrationWithANote) {
  const std::string name = keep_and_damage();
  for (const std::vector<std::string>& command : {std::vector<std::string>{"report", "kept"},
                                                  {"show", "kept", "--json"},
                                                  {"export", "kept", "--format", "json"},
                                                  {"merge", "kept", "kept-too", "--data", "data"},
                                                  {"run", "study.toml", "--out", "kept"}}) {
    if (command[0] == "merge") {
      ASSERT_EQ(gpu_sweep({"run", "study.toml", "--out", "kept-too"}).exit_code, 0);
    }
    std::filesystem::remove(directory_ / "kept/summary.json");
    const Outcome outcome =
        command[0] == "run" ? gpu_sweep(command) : Program(directory_.path(), command).wait();
    EXPECT_EQ(outcome.exit_code, 0) << command[0];
    EXPECT_THAT(outcome.err, HasSubstr("warning: left out of the calibration: " + name)) << command[0];
    EXPECT_THAT(outcome.err, HasSubstr("gpu_sweep run --keep-predictions makes it again"));
  }
  const auto summary = nlohmann::json::parse(read("kept/summary.json"));
  EXPECT_EQ(summary["models"][0]["calibration"]["runs"].get<int>() +
                summary["models"][1]["calibration"]["runs"].get<int>(),
            5);
}

TEST_F(DamagedPredictions, CostTheExportOnlyTheirModelsAndAreMadeAgain) {
  const std::string name = keep_and_damage();
  const Outcome exported = Program(directory_.path(), {"export", "kept", "--format", "npz"}).wait();
  EXPECT_EQ(exported.exit_code, 0);
  EXPECT_THAT(exported.err, HasSubstr("its class probabilities are not exported: " + name));
  const NpzArrays arrays = read_npz(directory_ / "kept/npz/predictions.npz");
  EXPECT_EQ(arrays.count("wide/probabilities") + arrays.count("deep/probabilities"), 1U);
  EXPECT_THAT(arrays.at("wide/test").shape, testing::ElementsAre(3, 120));
  EXPECT_THAT(arrays.at("deep/test").shape, testing::ElementsAre(3, 120));
  EXPECT_EQ(Program(directory_.path(), {"show", "kept"}).wait().exit_code, 0) << "the tables need none";
  const Outcome again = run("kept");
  EXPECT_EQ(again.exit_code, 0);
  EXPECT_THAT(again.err, HasSubstr("kept: 6 of 6 runs are there, training 1 of them again"));
  ASSERT_EQ(run("whole").exit_code, 0);
  EXPECT_TRUE(files("kept") == files("whole"));
}

TEST_F(KeptPredictions, ThatCannotBeWrittenAreAnErrorThatSaysWhatIsKept) {
  ASSERT_EQ(gpu_sweep({"run", "study.toml", "--out", "kept", "--runs", "2"}).exit_code, 0);
  write("kept/probabilities", "a file in the folder's place");
  const Outcome outcome = run("kept");
  EXPECT_EQ(outcome.exit_code, 5);
  EXPECT_THAT(outcome.err, HasSubstr("kept: 4 of 6 runs are there, training 6, 4 of them again, on "));
  EXPECT_THAT(outcome.err, HasSubstr("4 of 6 runs are kept in kept\n"));
}

TEST_F(KeptPredictions, OfShardsAreMerged) {
  for (const std::string shard : {"1", "2"}) {
    ASSERT_EQ(run("shard" + shard, {"--shard", shard + "/2"}).exit_code, 0);
  }
  const Outcome merged = Program(directory_.path(), {"merge", "whole", "shard1", "shard2"}).wait();
  EXPECT_EQ(merged.exit_code, 0) << merged.err;
  ASSERT_EQ(run("kept").exit_code, 0);
  EXPECT_TRUE(files("whole") == files("kept"));
  EXPECT_EQ(metrics("whole"), metrics("kept"));
}

/// No run in the store lacks its probabilities, no matter when the program is killed.
TEST_F(KeptPredictions, KilledItContinuesToTheSameBytes) {
  const std::vector<std::string> command = {"run",   "study.toml", "--runs",  "6", "--epochs",          "10",
                                            "--out", "killed",     "--lanes", "1", "--keep-predictions"};
  for (std::size_t wanted = 2; wanted <= 6; wanted += 2) {
    Program program(directory_.path(), with_usual_flags(command));
    program.runs_until([&] { return files("killed").size() >= wanted; });
    program.send(SIGKILL);
    program.wait();
    for (const RunRecord& record : records("killed")) {
      EXPECT_TRUE(probabilities_of("killed", record)) << record.key;
    }
  }
  const auto continued = json_of(command);
  std::vector<std::string> at_once = command;
  at_once[7] = "at_once";
  EXPECT_EQ(without_timing(continued), without_timing(json_of(at_once)));
  EXPECT_TRUE(files("killed") == files("at_once"));
}

TEST(ProbabilitiesFiles, NeedRoomOnTheDisk) {
  const std::filesystem::path here = std::filesystem::temp_directory_path();
  EXPECT_NO_THROW(require_space(here, 1));
  const std::uint64_t bytes = probabilities_bytes(1'000'000'000, 10'000, 10);
  EXPECT_GE(bytes, 1'000'000'000ULL * 200'000);
  EXPECT_THAT(error_of(ExitCode::kOutput, [&] { require_space(here, bytes); }),
              testing::AllOf(HasSubstr(here.string()), HasSubstr("expected 214096000 MB")));
}

}  // namespace
}  // namespace gpu_sweep::test
