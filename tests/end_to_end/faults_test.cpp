// Faults around a sweep: exhausted memory, too few threads, a diverging run, changed data, files that killed
// writers left, a truncated store, a locale with decimal commas, and a clock that jumps.
#include <unistd.h>

#include <thread>

#include "tests/end_to_end/address_space_limit.h"
#include "tests/end_to_end/study_fixture.h"
#include "tests/support/environment_variable.h"

namespace gpu_sweep::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

#if defined(__SANITIZE_ADDRESS__)
constexpr bool kAddressSanitizer = true;
#else
constexpr bool kAddressSanitizer = false;
#endif

using Faults = Study;

TEST_F(Faults, OutOfMemoryIsOneLineAndFinishedRunsStay) {
  if (kAddressSanitizer) GTEST_SKIP() << "NOT TESTED: AddressSanitizer's shadow needs more than any limit";
  gpu_sweep({"run", "study.toml"});
  const std::string before = read("results/study/summary.json");
  write("study.toml", std::string(kStudy) + "[[model]]\nname = \"huge\"\nhidden = [8192, 8192]\n");
  {
    const AddressSpaceLimit limit(rlim_t{1} << 30);  // the huge model's arena is larger than that
    const Outcome outcome = gpu_sweep({"run", "study.toml"});
    EXPECT_EQ(outcome.exit_code, 4) << outcome.err;
    EXPECT_THAT(outcome.err,
                AllOf(HasSubstr("error: out of memory"), Not(HasSubstr("fault of the program"))));
    EXPECT_EQ(outcome.out, "");
  }
  EXPECT_EQ(read("results/study/summary.json"), before);
  write("study.toml", kStudy + std::string("[[model]]\nname = \"small\"\nhidden = [8]\n"));
  const Outcome refused = gpu_sweep({"run", "study.toml"});
  EXPECT_EQ(refused.exit_code, 2) << "the huge model belongs to the experiment now";
  const Outcome show = Program(directory_.path(), {"show", "results/study", "--json"}).wait();
  const auto summary = nlohmann::json::parse(show.out);
  const auto expected = nlohmann::json::parse(before);
  EXPECT_EQ(summary["models"][0], expected["models"][0]);
  EXPECT_EQ(summary["models"][1], expected["models"][1]);
  EXPECT_EQ(summary["models"][2]["runs"], 0);
}

// Memory may run out before the threads start, while they start, or during training.
TEST_F(Faults, WithHardlyAnyMemoryTheProgramEndsWithOneErrorLineAndTheSameCommandResumes) {
  if (kAddressSanitizer) GTEST_SKIP() << "NOT TESTED: AddressSanitizer's shadow needs more than any limit";
  const std::vector<std::string> command = {"run", "study.toml", "--lanes", "2", "--out", "results"};
  gpu_sweep({"run", "study.toml", "--lanes", "2", "--out", "calm"});
  int ended = 0, begun = 0;
  for (const rlim_t mebibytes : {48, 64, 80, 100, 120, 140, 170, 200, 300}) {
    SCOPED_TRACE(testing::Message() << mebibytes << " MiB");
    {
      const AddressSpaceLimit limit(mebibytes << 20);
      if (Program(directory_.path(), {"--version"}).wait().exit_code == 127)
        continue;  // there was too little memory even to load the program
      const Outcome outcome = gpu_sweep(command);
      if (outcome.exit_code != 0) {
        ++ended;
        begun += listing().count("results/runs.sqlite") > 0;
        EXPECT_EQ(outcome.exit_code, 4) << outcome.err;
        const std::size_t first = outcome.err.find("error: ");
        ASSERT_NE(first, std::string::npos) << outcome.err;
        EXPECT_EQ(outcome.err.find('\n', first), outcome.err.size() - 1) << outcome.err;
        EXPECT_THAT(outcome.err.substr(first), AllOf(HasSubstr("on the process's address space"),
                                                     Not(HasSubstr("fault of the program"))));
        EXPECT_EQ(outcome.out, "");
      }
    }
    const Outcome again = gpu_sweep(command);
    EXPECT_EQ(again.exit_code, 0) << again.err;
    EXPECT_THAT(again.err, Not(HasSubstr("damaged")));
    EXPECT_EQ(metrics("results"), metrics("calm"));
    std::filesystem::remove_all(directory_ / "results");
  }
  EXPECT_GT(begun, 0) << "no limit was met once the training had begun";
  EXPECT_GT(ended, begun) << "no limit was met before";
}

TEST_F(Faults, WithoutAThreadTheLimitIsNamed) {
  if (kAddressSanitizer) GTEST_SKIP() << "NOT TESTED: the leak checker needs a thread of its own";
  std::vector<std::string> launcher{"prlimit", "--nproc=1"};
  if (::geteuid() == 0) {  // the limit does not apply to root
    launcher.insert(launcher.begin(), {"setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"});
    std::filesystem::permissions(directory_.path(), std::filesystem::perms::all);
  }
  if (Program(directory_.path(), {"--version"}, ".stdout", launcher).wait().exit_code != 0) {
    GTEST_SKIP() << "NOT TESTED: user 65534 may not run the program where it is";
  }
  const Outcome outcome =
      Program(directory_.path(), with_usual_flags({"run", "study.toml", "--out", "small"}), ".stdout",
              launcher)
          .wait();
  EXPECT_EQ(outcome.exit_code, 4) << outcome.err;
  EXPECT_THAT(outcome.err, HasSubstr("error: no more threads can be started; limits: 1 processes and threads "
                                     "per user (ulimit -u)"));
}

TEST_F(Faults, ARunThatDivergesIsNamedAndLeftOutAndChangesNoOther) {
  const auto calm = json_of({"run", "study.toml", "--out", "calm"});
  write("study.toml", std::string(kStudy) +
                          "[[model]]\nname = \"wild\"\nhidden = [16]\n"
                          "optimizer = { name = \"sgd\", learning_rate = 1e30 }\n");
  const Outcome outcome = gpu_sweep({"run", "study.toml"});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  for (const char* seed : {"5", "6", "7"}) {
    EXPECT_THAT(outcome.err, HasSubstr("'wild' seed " + std::string(seed) + " diverged in epoch 1"));
    EXPECT_THAT(outcome.out, HasSubstr("left out: wild, seed " + std::string(seed)));
  }
  EXPECT_THAT(outcome.out, Not(HasSubstr("nan")));
  const auto summary = nlohmann::json::parse(read("results/study/summary.json"));
  EXPECT_EQ(summary["models"][0], calm["models"][0]);
  EXPECT_EQ(summary["models"][1], calm["models"][1]);
  const auto& wild = summary["models"][2];
  EXPECT_EQ(wild["diverged"], 3);
  EXPECT_EQ(wild["train_loss"]["mean"], nullptr);
  EXPECT_EQ(wild["per_run"][0]["diverged_epoch"], 1);
  EXPECT_EQ(gpu_sweep({"run", "study.toml"}).out, outcome.out) << "a diverged run is finished, not missing";
}

TEST_F(Faults, ChangedDataAreRefusedByNameAndNothingIsLost) {
  gpu_sweep({"run", "study.toml"});
  const auto before = listing();
  Bytes labels = small_fashion_mnist()[3];
  labels.back() = (labels.back() + 1) % 10;
  write_bytes(directory_ / "data" / kDataNames[3], labels);
  const Outcome outcome = gpu_sweep({"run", "study.toml", "--runs", "4"});
  EXPECT_EQ(outcome.exit_code, 2) << outcome.err;
  EXPECT_THAT(outcome.err, HasSubstr("data.test_labels: \""));
  EXPECT_THAT(outcome.err, Not(HasSubstr("data.test_images")));
  EXPECT_EQ(listing(), before);
  write_bytes(directory_ / "data" / kDataNames[3], small_fashion_mnist()[3]);
  EXPECT_EQ(gpu_sweep({"run", "study.toml", "--runs", "4"}).exit_code, 0);
}

TEST_F(Faults, WhatKilledWritersLeftIsRemovedByTheNextRunAndNothingElse) {
  const std::vector<std::string> command = {"run", "study.toml", "--save-weights", "weights", "--runs", "4"};
  gpu_sweep({"run", "study.toml", "--save-weights", "weights"});
  Program dead(directory_.path(), {"--version"});
  dead.wait();
  const std::string suffix = ".tmp" + std::to_string(dead.pid());
  const std::vector<std::string> ours = {"results/study/report.html", "results/study/summary.json",
                                         "weights/deep, seed 7.npz"};
  const std::vector<std::string> others = {"results/study/notes.txt", "results/study/runs.sqlite",
                                           "weights/mine, seed 7.npz"};
  for (const auto& list : {ours, others}) {
    for (const std::string& name : list) write(name + suffix, "half a file");
  }
  EXPECT_EQ(gpu_sweep(command).exit_code, 0);
  for (const std::string& name : ours) {
    EXPECT_EQ(listing().count(name + suffix), 0U) << name;
    EXPECT_EQ(listing().count(name), 1U) << name;
  }
  for (const std::string& name : others) EXPECT_EQ(read(name + suffix), "half a file") << name;
}

/// The store is truncated to a size that leaves none of its runs.
TEST_F(Faults, ATruncatedStoreSaysWhatToDoAndIsTrainedAgain) {
  gpu_sweep({"run", "study.toml", "--out", "results"});
  const std::string whole = read("results/runs.sqlite"), metrics = metrics_text("results");
  for (const std::size_t bytes : {0, 60'000}) {
    for (const bool has_ledger : {true, false}) {
      SCOPED_TRACE(testing::Message() << bytes << " bytes, ledger " << has_ledger);
      for (const auto& entry : std::filesystem::directory_iterator(directory_ / "results")) {
        const std::string name = entry.path().filename().string();
        if (name.starts_with("runs.sqlite") && (name != "runs.sqlite-ledger" || !has_ledger))
          std::filesystem::remove(entry.path());
      }
      write("results/runs.sqlite", whole.substr(0, bytes));
      const Outcome show = Program(directory_.path(), {"show", "results"}).wait();
      EXPECT_EQ(show.exit_code, 8);
      EXPECT_THAT(show.err, HasSubstr("; gpu_sweep repair recovers what is intact, and gpu_sweep run trains "
                                      "what is missing\n"));
      if (!has_ledger) {
        const Outcome repair = Program(directory_.path(), {"repair", "results"}).wait();
        EXPECT_EQ(repair.exit_code, 8);
        EXPECT_THAT(repair.err,
                    HasSubstr("; its experiment cannot be read: gpu_sweep run EXPERIMENT.toml --out "
                              "results keeps what is intact, and trains what is missing\n"));
        EXPECT_EQ(read("results/runs.sqlite").size(), bytes) << "nothing is changed";
      }
      const Outcome run = gpu_sweep({"run", "study.toml", "--out", "results"});
      EXPECT_EQ(run.exit_code, 0);
      EXPECT_THAT(run.err, AllOf(HasSubstr("damaged, missing runs are trained again"),
                                 HasSubstr("0 finished runs were recovered from it, and it is kept as")));
      EXPECT_EQ(metrics_text("results"), metrics);
    }
  }
}

TEST_F(Faults, ALocaleWithDecimalCommasChangesNoByte) {
  const std::string locales = (directory_ / "locales").string();
  std::filesystem::create_directory(locales);
  const std::string make = "localedef -i de_DE -f UTF-8 " + locales + "/de_DE.UTF-8 2>/dev/null";
  if (std::system(make.c_str()) != 0)
    GTEST_SKIP() << "NOT TESTED: localedef (Debian's locales) made no de_DE";
  const auto plain = without_timing(json_of({"run", "study.toml", "--out", "plain"}));
  const Outcome table = Program(directory_.path(), {"show", "plain"}).wait();
  const EnvironmentVariable path("LOCPATH", locales), locale("LC_ALL", "de_DE.UTF-8");
  ASSERT_EQ(std::system("printf 1,5 | LC_ALL=de_DE.UTF-8 xargs printf %.1f | grep -q 1,5"), 0)
      << "the locale that was made has no decimal comma";
  EXPECT_EQ(without_timing(json_of({"run", "study.toml", "--out", "german"})), plain);
  EXPECT_EQ(Program(directory_.path(), {"show", "german"}).wait().out, table.out);
  for (const std::string results : {"plain", "german"}) {
    const Outcome outcome = Program(directory_.path(), {"export", results, "--format", "csv"}).wait();
    EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  }
  EXPECT_EQ(read("german/csv/history.csv"), read("plain/csv/history.csv"));
}

TEST_F(Faults, AClockThatJumpsChangesNoFigure) {
  if (kAddressSanitizer) GTEST_SKIP() << "NOT TESTED: AddressSanitizer cannot be loaded after libfaketime";
  const char* const library = "/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1";
  if (!std::filesystem::exists(library))
    GTEST_SKIP() << "NOT TESTED: no " << library << " (Debian's faketime)";
  const auto command = [](int epochs) {
    return std::vector<std::string>{"run", "study.toml", "--epochs", std::to_string(epochs)};
  };
  const int epochs = enough_work(40, [&](int enough) {
    write("offset", "+0");
    const EnvironmentVariable file("FAKETIME_TIMESTAMP_FILE", (directory_ / "offset").string()),
        read_often("FAKETIME_NO_CACHE", "1"), preload("LD_PRELOAD", library);
    Program program(directory_.path(), with_usual_flags(command(enough)));
    int jumps = 0;
    for (; program.running(); ++jumps) {
      // The wall clock and the steady clock both jump to and fro: to a year after the real time, then to ten
      // years before it.
      write("offset", jumps % 2 == 0 ? "+1y" : "-10y");
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    const Outcome outcome = program.wait();
    EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
    return jumps > 2;
  });
  std::vector<std::string> calm = command(epochs);
  calm.insert(calm.end(), {"--out", "calm"});
  EXPECT_EQ(metrics("results/study"), without_timing(json_of(calm)));
}

}  // namespace
}  // namespace gpu_sweep::test
