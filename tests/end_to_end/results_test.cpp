// The commands that read results (report, compare, export and show): their output and their failures.
#include <array>
#include <cstdio>
#include <cstdlib>
#include <map>

#include "engine/store/formats/npz.h"
#include "tests/end_to_end/study_fixture.h"
#include "tests/support/text.h"

namespace gpu_sweep::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

std::string to_four_places(double value) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.4f", value);
  return text.data();
}

/// A study in results/study. It is trained once per process, and copied for every test.
class Results : public Study {
 protected:
  Results() {
    static const std::map<std::string, std::string> files = [this] {
      EXPECT_EQ(gpu_sweep({"run", "study.toml", "--quiet"}).exit_code, 0);
      return std::map<std::string, std::string>{{"runs.sqlite", read("results/study/runs.sqlite")},
                                                {"report.html", read("results/study/report.html")},
                                                {"summary.json", read("results/study/summary.json")}};
    }();
    std::filesystem::create_directories(directory_ / "results/study");
    for (const auto& [name, bytes] : files) write("results/study/" + name, bytes);
  }

  Outcome run(std::vector<std::string> arguments) {
    return Program(directory_.path(), std::move(arguments)).wait();
  }

  /// Expects exit code `code`, one line on stderr that contains `message`, and nothing on stdout.
  void expect_refused(std::vector<std::string> arguments, int code, const std::string& message) {
    const std::string name = testing::PrintToString(arguments);
    const Outcome outcome = run(std::move(arguments));
    EXPECT_EQ(outcome.exit_code, code) << name << outcome.err;
    EXPECT_THAT(outcome.err, HasSubstr(message)) << name;
    EXPECT_EQ(std::count(outcome.err.begin(), outcome.err.end(), '\n'), 1) << outcome.err;
    EXPECT_EQ(outcome.out, "") << name;
  }
};

TEST_F(Results, ReportIsMadeAgainFromTheStore) {
  const std::string page = read("results/study/report.html");
  std::filesystem::remove(directory_ / "results/study/report.html");
  const Outcome outcome = run({"report", "results/study", "--data", "data"});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_EQ(outcome.out, "results/study/report.html\n");
  EXPECT_TRUE(read("results/study/report.html") == page);
}

TEST_F(Results, ReportDoesWithoutTheDataAndSaysSo) {
  std::filesystem::remove_all(directory_ / "data");
  const Outcome outcome = run({"report", "results/study"});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_THAT(outcome.err, HasSubstr("the report shows no images; --data DIR names the data set"));
  EXPECT_THAT(read("results/study/report.html"), Not(HasSubstr("data:image/png")));
}

TEST_F(Results, ReportRefusesDataOfOthers) {
  write_bytes(directory_ / "data" / kDataNames[3], idx_labels(Bytes(120, 3)));
  expect_refused({"report", "results/study", "--data", "data"}, 3,
                 "found a data set that these runs were not trained on");
  expect_refused({"report", "results/study", "--data", "nowhere"}, 3, "nowhere");
}

TEST_F(Results, ShowPrintsTablesOrTheSummary) {
  const Outcome tables = run({"show", "results/study"});
  EXPECT_EQ(tables.exit_code, 0) << tables.err;
  EXPECT_THAT(tables.out, AllOf(HasSubstr("study: 2 models, 3 runs each, seeds from 5"), HasSubstr("wide")));
  EXPECT_EQ(run({"show", "results/study", "--json"}).out, read("results/study/summary.json"));
}

TEST_F(Results, TheTablesEndWithTheVerdict) {
  const auto sentence = [](const std::string& text) {
    return nlohmann::json::parse(text).at("verdict").at("sentence").get<std::string>();
  };
  const std::string told = sentence(read("results/study/summary.json"));
  const std::string tables = run({"show", "results/study"}).out;
  EXPECT_THAT(tables.substr(tables.rfind("\n\n") + 2), testing::StartsWith(told));
  const std::vector<std::string> limited = {"show", "results/study", "--smallest-difference", "90"};
  std::vector<std::string> as_json = limited;
  as_json.emplace_back("--json");
  EXPECT_THAT(run(limited).out, HasSubstr(sentence(run(as_json).out)));
}

TEST_F(Results, ExportWritesWhatItNames) {
  for (const std::string format : {"npz", "csv", "json", "tensorboard"}) {
    const Outcome outcome = run({"export", "results/study", "--format", format, "--to", "out/" + format});
    EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
    const std::vector<std::string> files = lines_of(outcome.out);
    EXPECT_FALSE(files.empty()) << format;
    for (const std::string& file : files) {
      EXPECT_TRUE(std::filesystem::is_regular_file(directory_ / file)) << file;
    }
  }
  EXPECT_EQ(read("out/json/summary.json"), read("results/study/summary.json"));
  EXPECT_EQ(run({"export", "results/study", "--format", "csv"}).out,
            "results/study/csv/runs.csv\nresults/study/csv/history.csv\n");
}

TEST_F(Results, LongTrainingsAreThinnedInTheReportAndWholeInExports) {
  constexpr std::size_t kEpochs = 900;
  write("long.toml", "name = \"long\"\nruns = 1\n[defaults]\nepochs = " + std::to_string(kEpochs) +
                         "\nbatch_size = 250\nhidden = []\n[[model]]\nname = \"slow\"\n"
                         "[[model]]\nname = \"quick\"\noptimizer.learning_rate = 0.01\n");
  const Outcome outcome = gpu_sweep({"run", "long.toml", "--out", "long", "--quiet"});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  const std::string page = read("long/report.html");
  EXPECT_THAT(page, AllOf(HasSubstr("the charts show at most 400 epochs per model"), HasSubstr("900.")));
  const std::size_t points = count_of(page, "\"epoch\":");
  constexpr std::size_t kCharts = 4, kModels = 2;
  EXPECT_LE(points, kCharts * kModels * 400);
  EXPECT_GE(points, kCharts * kModels * 200);
  EXPECT_EQ(count_of(page, "\"epoch\":900,"), kCharts * kModels) << "the last one is always there";
  EXPECT_EQ(run({"export", "long", "--format", "csv"}).exit_code, 0);
  EXPECT_EQ(lines_of(read("long/csv/history.csv")).size(), 1 + kModels * (kEpochs + 1));
  EXPECT_EQ(run({"export", "long", "--format", "npz"}).exit_code, 0);
  const NpzArrays history = read_npz(directory_ / "long/npz/history.npz");
  EXPECT_THAT(history.at("slow/val_loss").shape, testing::ElementsAre(1, kEpochs + 1));
  const auto summary = nlohmann::json::parse(read("long/summary.json"));
  EXPECT_EQ(summary["models"].size(), kModels);
}

/// Treats every deprecation warning of Matplotlib as an error, so that the test fails if the example contains
/// an outdated call.
TEST_F(Results, TheExampleDrawsWhatWasExported) {
  std::string python;
  for (const std::string name : {"/usr/bin/python3", "python3"}) {
    if (std::system((name + " -c 'import matplotlib, numpy' 2>/dev/null").c_str()) == 0) python = name;
  }
  if (python.empty()) {
    GTEST_SKIP() << "NOT TESTED: python3 has no matplotlib (apt-get install python3-matplotlib)";
  }
  EXPECT_EQ(run({"export", "results/study", "--format", "npz"}).exit_code, 0);
  write("strict.py",
        "import matplotlib, runpy, sys, warnings\n"
        "warnings.simplefilter('error', matplotlib.MatplotlibDeprecationWarning)\n"
        "del sys.argv[0]\n"
        "runpy.run_path(sys.argv[0], run_name='__main__')\n");
  const std::string command = "cd '" + directory_.path().string() + "' && " + python + " strict.py '" +
                              GPU_SWEEP_EXAMPLES + "/read_results.py' results/study/npz plots >said 2>&1";
  EXPECT_EQ(std::system(command.c_str()), 0) << read("said");
  for (const char* name : {"curves.png", "distributions.png", "confusion.png"}) {
    EXPECT_THAT(read(std::string("plots/") + name), testing::StartsWith("\x89PNG\r\n")) << name;
  }
  const auto summary = nlohmann::json::parse(read("results/study/summary.json"));
  for (const auto& model : summary["models"]) {
    std::string line = "layer = " + std::to_string(model["hidden"].size() - 1) + " +3 runs";
    for (const char* set : {"train", "valid", "test"}) {
      const auto& accuracy = model[std::string(set) + "_accuracy"];
      line += std::string("  ") + set + " " + to_four_places(accuracy["mean"]) +
              " ..? " +  // the plus-minus sign takes two bytes
              to_four_places(accuracy["std"]);
    }
    EXPECT_THAT(read("said"), testing::ContainsRegex(line));
  }
}

TEST_F(Results, AnExportLeavesNoOldFigureBesideNewOnes) {
  ASSERT_EQ(run({"export", "results/study", "--format", "npz"}).exit_code, 0);
  ASSERT_EQ(run({"export", "results/study", "--format", "npz", "--to", "out"}).exit_code, 0);
  write("study.toml", std::string(kStudy) + "[[model]]\nname = \"wider\"\nhidden = [40]\n");
  ASSERT_EQ(gpu_sweep({"run", "study.toml"}).exit_code, 0);
  EXPECT_THAT(run({"verify", "results/study"}).out,
              HasSubstr("npz            out of date: of 6 of the 9 runs"));
  expect_refused({"export", "results/study", "--format", "npz", "--to", "out"}, 2,
                 "out holds 'layer = 0.npz' and 1 more file of another export");
  const Outcome outcome = run({"export", "results/study", "--format", "npz"});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_THAT(outcome.err, HasSubstr("results/study/npz: removed 2 files of an earlier export"));
  for (const std::string& name : listing()) EXPECT_THAT(name, Not(HasSubstr("study/npz/layer")));
  EXPECT_EQ(run({"verify", "results/study"}).exit_code, 0);
}

TEST_F(Results, TemporariesOfKilledCommandsAreRemovedByTheNext) {
  Program dead(directory_.path(), {"--version"});
  dead.wait();
  const std::string suffix = ".tmp" + std::to_string(dead.pid());
  const std::string living = ".tmp" + std::to_string(::getpid());
  struct Case {
    std::vector<std::string> command;
    std::vector<std::string> files;
  };
  for (const Case& each :
       {Case{{"report", "results/study"}, {"results/study/report.html"}},
        {{"export", "results/study", "--format", "npz"},
         {"results/study/npz/history.npz", "results/study/npz/model = gone.npz"}},
        {{"export", "results/study", "--format", "csv"}, {"results/study/csv/runs.csv"}},
        {{"export", "results/study", "--format", "json", "--to", "out"}, {"out/summary.json"}},
        {{"backup", "results/study", "copy"}, {"copy/probabilities/key.npz", "copy/runs.sqlite-ledger"}},
        {{"merge", "merged", "results/study"}, {"merged/report.html", "merged/summary.json"}}}) {
    for (const std::string& file : each.files) {
      std::filesystem::create_directories((directory_ / file).parent_path());
      write(file + suffix, "half a file");
      write(file + living, "half a file");
    }
    const Outcome outcome = run(each.command);
    EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
    for (const std::string& file : each.files) {
      EXPECT_EQ(listing().count(file + suffix), 0U) << file;
      EXPECT_EQ(listing().count(file + living), 1U) << file << ": its process lives";
      std::filesystem::remove(directory_ / (file + living));
    }
  }
}

TEST_F(Results, CompareWithItselfFindsNothing) {
  const Outcome tables = run({"compare", "results/study", "results/study"});
  EXPECT_EQ(tables.exit_code, 0) << tables.err;
  EXPECT_THAT(tables.out, AllOf(HasSubstr("validation accuracy"), HasSubstr("Too few runs to tell")));
  const Outcome json = run({"compare", "results/study", "results/study", "--json"});
  const auto comparisons = nlohmann::json::parse(json.out)["comparisons"];
  EXPECT_EQ(comparisons.size(), 6U) << "three metrics of two models";
  for (const auto& each : comparisons) {
    EXPECT_EQ(each["first_model"], each["second_model"]);
    EXPECT_EQ(each["runs"], 3);
    EXPECT_EQ(each["mean_difference"], 0);
    EXPECT_EQ(each["wilcoxon_p"], nullptr);
  }
}

TEST_F(Results, CompareRefusesOtherDataAndOtherSeeds) {
  ASSERT_EQ(gpu_sweep({"run", "study.toml", "--seed", "100", "--out", "seeds"}).exit_code, 0);
  expect_refused({"compare", "results/study", "seeds"}, 2, "no finished runs of equal seeds");
  write_bytes(directory_ / "data" / kDataNames[3], idx_labels(Bytes(120, 3)));
  ASSERT_EQ(gpu_sweep({"run", "study.toml", "--out", "other"}).exit_code, 0);
  expect_refused({"compare", "results/study", "other"}, 2, "were trained on different data");
}

TEST_F(Results, WhatIsMissingIsNamed) {
  expect_refused({"report"}, 2, "no folder, expected gpu_sweep report DIR");
  expect_refused({"show"}, 2, "no folder, expected gpu_sweep show DIR");
  expect_refused({"export"}, 2, "no folder, expected gpu_sweep export DIR --format FORMAT");
  expect_refused({"export", "results/study"}, 2, "--format: missing");
  expect_refused({"export", "results/study", "--format", "nzp"}, 2,
                 "expected npz, csv, json, tensorboard or latex");
  expect_refused({"compare", "results/study"}, 2, "two folders are needed");
  for (const std::string directory : {"data", "nowhere"}) {
    const std::string message = directory + " holds no results";
    expect_refused({"report", directory}, 2, message);
    expect_refused({"show", directory}, 2, message);
    expect_refused({"export", directory, "--format", "csv"}, 2, message);
    expect_refused({"compare", "results/study", directory}, 2, message);
    expect_refused({"compare", directory, "results/study"}, 2, message);
  }
}

TEST_F(Results, PlacesThatCannotBeWrittenAreNamed) {
  expect_refused({"export", "results/study", "--format", "csv", "--to", "study.toml"}, 5, "study.toml");
  std::filesystem::remove(directory_ / "results/study/report.html");
  std::filesystem::create_directory(directory_ / "results/study/report.html");
  expect_refused({"report", "results/study", "--data", "data"}, 5, "results/study/report.html");
}

TEST_F(Results, ADamagedStoreIsNamed) {
  write("results/study/runs.sqlite", std::string(40'000, 'x'));
  for (const std::vector<std::string>& command : {std::vector<std::string>{"report", "results/study"},
                                                  {"show", "results/study"},
                                                  {"export", "results/study", "--format", "npz"},
                                                  {"compare", "results/study", "results/study"}}) {
    expect_refused(command, 8, "results/study/runs.sqlite");
  }
}

/// A name may contain paths and markup. No file leaves its folder, and no page executes a name.
TEST_F(Results, HostileNamesStayNames) {
  const std::string name = "../../</script><img src=x onerror=alert(1)>, \\\"a\\\" %n";
  write("study.toml",
        "name = \"s\"\nruns = 1\n[[model]]\nepochs = 1\nhidden = [8]\nname = \"" + name + "\"\n");
  ASSERT_EQ(gpu_sweep({"run", "study.toml", "--out", "hostile"}).exit_code, 0);
  const auto before = listing();

  EXPECT_THAT(run({"show", "hostile"}).out, HasSubstr("../../</script>"));
  const auto summary = nlohmann::json::parse(run({"show", "hostile", "--json"}).out);
  EXPECT_THAT(summary["models"][0]["name"], HasSubstr("onerror=alert(1)>, \"a\" %n"));
  EXPECT_EQ(run({"compare", "hostile", "hostile", "--json"}).exit_code, 0);
  EXPECT_EQ(run({"report", "hostile", "--data", "data"}).exit_code, 0);
  EXPECT_THAT(read("hostile/report.html"), Not(HasSubstr("<img src=x")));
  for (const std::string format : {"npz", "csv", "json", "tensorboard"}) {
    EXPECT_EQ(run({"export", "hostile", "--format", format}).exit_code, 0) << format;
  }
  for (const std::string& file : listing()) {
    if (before.contains(file)) continue;
    EXPECT_THAT(file, testing::StartsWith("hostile/"));
  }
}

}  // namespace
}  // namespace gpu_sweep::test
