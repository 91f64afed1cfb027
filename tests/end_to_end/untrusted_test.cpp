// Names, paths, files and streams that cannot be trusted, and places where nothing can be written.
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>

#include "tests/end_to_end/study_fixture.h"
#include "tests/support/child_process.h"
#include "tests/support/private_mounts.h"

namespace gpu_sweep::test {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

/// Returns whether a text contains an ASCII control character other than a newline, or the control character
/// U+009B, which begins escape sequences on some terminals.
bool has_controls(const std::string& text) {
  const auto is_raw = [](char c) { return (c >= 0 && c < ' ' && c != '\n') || c == '\x7f'; };
  return std::any_of(text.begin(), text.end(), is_raw) || text.find("\u009b") != std::string::npos;
}

/// Returns a study of one epoch whose only model is named `model`.
std::string named(const std::string& model) {
  return "name = \"study\"\nruns = 2\n[defaults]\nepochs = 1\nbatch_size = 64\n[[model]]\nname = \"" + model +
         "\"\nhidden = [8]\n";
}

class Untrusted : public Study {
 protected:
  /// Runs the program through a shell, which executes `first` and then replaces itself by the program.
  Outcome after(const std::string& first, std::vector<std::string> arguments) {
    return Program(directory_.path(), with_usual_flags(std::move(arguments)), ".stdout",
                   {"sh", "-c", first + "exec \"$@\"", "sh"})
        .wait();
  }

  Outcome with_streams(const std::string& redirections, std::vector<std::string> arguments) {
    return Program(directory_.path(), with_usual_flags(std::move(arguments)), ".stdout",
                   {"sh", "-c", "exec \"$@\" " + redirections, "sh"})
        .wait();
  }

  mode_t mode(const fs::path& file) const {
    struct stat status {};
    EXPECT_EQ(::stat((directory_ / file.string()).c_str(), &status), 0) << file;
    return status.st_mode & 0777;
  }
};

TEST_F(Untrusted, PathsOfErrorsStayOnOneLine) {
  const std::string path = "no\nsuch\x1b[31m\u009b\xff";
  for (const std::vector<std::string>& command :
       {std::vector<std::string>{"show", path}, {"run", path}, {"compare", path, path}, {"verify", path}}) {
    const Outcome outcome = Program(directory_.path(), command).wait();
    EXPECT_EQ(outcome.exit_code, 2) << command[0];
    EXPECT_THAT(outcome.err, HasSubstr(R"(no\nsuch\x1b[31m\u009b\xff)")) << command[0];
    EXPECT_EQ(std::count(outcome.err.begin(), outcome.err.end(), '\n'), 1) << outcome.err;
    EXPECT_FALSE(has_controls(outcome.err)) << outcome.err;
  }
}

TEST_F(Untrusted, NamesOfModelsReachNoTerminalRaw) {
  write("study.toml", named("a\u009b2Jb"));
  const Outcome run = gpu_sweep({"run", "study.toml"});
  ASSERT_EQ(run.exit_code, 0) << run.err;
  EXPECT_THAT(run.out, HasSubstr(R"(a\u009b2Jb)"));
  const std::string results = "results/study";
  for (const std::vector<std::string>& command : {std::vector<std::string>{"show", results},
                                                  {"show", results, "--json"},
                                                  {"show", results, "--settings"},
                                                  {"show", results, "--settings", "--json"},
                                                  {"compare", results, results},
                                                  {"compare", results, results, "--json"},
                                                  {"verify", results},
                                                  {"export", results, "--format", "csv"}}) {
    const Outcome outcome = Program(directory_.path(), command).wait();
    EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
    EXPECT_FALSE(has_controls(outcome.out)) << outcome.out;
    EXPECT_FALSE(has_controls(outcome.err)) << outcome.err;
    if (std::ranges::find(command, "--json") == command.end() || command[0] == "compare") continue;
    const auto json = nlohmann::json::parse(outcome.out);
    EXPECT_EQ(json["models"][0]["name"], "a\u009b2Jb") << "the name itself is the same";
  }
  for (const char* file : {"/summary.json", "/csv/runs.csv", "/csv/history.csv"}) {
    EXPECT_THAT(read(results + file), HasSubstr(R"(a\u009b2Jb)"));
    EXPECT_FALSE(has_controls(read(results + file))) << file;
  }
}

TEST_F(Untrusted, TheUmaskDecidesWhoMayReadResults) {
  for (const auto& [mask, expected] : {std::pair("002", 0664U), std::pair("077", 0600U)}) {
    fs::remove_all(directory_ / "results");
    const Outcome run = after(std::string("umask ") + mask + "; ",
                              {"run", "study.toml", "--epochs", "1", "--keep-predictions"});
    ASSERT_EQ(run.exit_code, 0) << run.err;
    std::size_t files = 0;
    for (const std::string& name : listing()) {
      if (!name.starts_with("results/") || !fs::is_regular_file(directory_ / name)) continue;
      EXPECT_EQ(mode(name), expected) << name;
      ++files;
    }
    EXPECT_GE(files, 11U) << "lock, store, ledger, summary, report, and six files of probabilities";
  }
}

TEST_F(Untrusted, APipeIsNoExperiment) {
  ASSERT_EQ(::mkfifo((directory_ / "pipe").c_str(), 0600), 0);
  for (const char* command : {"run", "plan", "tune"}) {
    const Outcome outcome = gpu_sweep({command, "pipe"});
    EXPECT_EQ(outcome.exit_code, 2) << command;
    EXPECT_EQ(outcome.err, "error: pipe: found a pipe or a device, expected an experiment (TOML file)\n");
  }
}

TEST_F(Untrusted, NoFileTakesThePlaceOfAClosedStream) {
  for (const char* closed : {"<&-", ">&-", "2>&-", "<&- >&- 2>&-"}) {
    fs::remove_all(directory_ / "results");
    Program program(directory_.path(), with_usual_flags({"run", "study.toml", "--runs", "2000"}), ".stdout",
                    {"sh", "-c", std::string("exec \"$@\" ") + closed, "sh"});
    ASSERT_TRUE(program.runs_until([&] { return kept_runs("results/study") > 0; })) << closed;
    EXPECT_THAT(read("results/study/lock"), StartsWith("process ")) << closed;
    for (int stream = 0; stream < 3; ++stream) {
      const std::string descriptor =
          "/proc/" + std::to_string(program.pid()) + "/fd/" + std::to_string(stream);
      EXPECT_THAT(fs::read_symlink(descriptor).string(), Not(HasSubstr("results"))) << closed << stream;
    }
    program.send(SIGKILL);
    program.wait();
    fs::remove_all(directory_ / "results");
    const Outcome outcome = with_streams(closed, {"run", "study.toml", "--epochs", "1"});
    EXPECT_EQ(read("results/study/lock"), "") << closed;
    const bool loses_tables = std::string(" ").append(closed).find(" >&-") != std::string::npos;
    EXPECT_EQ(outcome.exit_code, loses_tables ? 5 : 0) << closed << outcome.err;
    EXPECT_EQ(kept_runs("results/study"), 6U) << closed;
    EXPECT_EQ(Program(directory_.path(), {"verify", "results/study"}).wait().exit_code, 0) << closed;
  }
}

TEST_F(Untrusted, NoLinkIsFollowedToWrite) {
  write("precious", "precious");
  fs::create_directories(directory_ / "results/study");
  fs::create_symlink("../../precious", directory_ / "results/study/lock");
  const Outcome outcome = gpu_sweep({"run", "study.toml"});
  EXPECT_EQ(outcome.exit_code, 5);
  EXPECT_THAT(outcome.err, HasSubstr("results/study/lock"));
  EXPECT_EQ(read("precious"), "precious");

  fs::remove(directory_ / "results/study/lock");
  for (const char* name : {"runs.sqlite.new", "runs.sqlite-ledger", "summary.json", "report.html"}) {
    fs::create_symlink("../../precious", directory_ / "results/study" / name);
  }
  gpu_sweep({"run", "study.toml", "--epochs", "1"});
  EXPECT_EQ(read("precious"), "precious");
}

/// Runs commands that only read `results`, which lies in a file system that is read-only or full, and one
/// that would write there. Must be called in a child process.
int read_results(const fs::path& directory, const std::string& results) {
  for (const std::vector<std::string>& command : {std::vector<std::string>{"show", results},
                                                  {"report", results, "--to", "elsewhere"},
                                                  {"export", results, "--format", "csv", "--to", "elsewhere"},
                                                  {"compare", results, results},
                                                  {"verify", results},
                                                  {"merge", "merged", results},
                                                  {"backup", results, "copy"}}) {
    const Outcome outcome = Program(directory, command).wait();
    EXPECT_EQ(outcome.exit_code, 0) << command[0] << ": " << outcome.err;
  }
  for (const char* file : {"elsewhere/report.html", "elsewhere/runs.csv", "merged/runs.sqlite"}) {
    EXPECT_TRUE(fs::exists(directory / file)) << file;
  }
  // A command that writes is refused with one line.
  const Outcome refused = Program(directory, {"report", results}).wait();
  EXPECT_EQ(refused.exit_code, 5);
  EXPECT_THAT(refused.err, HasSubstr("report.html"));
  EXPECT_EQ(std::count(refused.err.begin(), refused.err.end(), '\n'), 1) << refused.err;
  return testing::Test::HasFailure() ? 1 : 0;
}

TEST_F(Untrusted, ResultsAreReadWhereNothingCanBeWritten) {
  ASSERT_EQ(gpu_sweep({"run", "study.toml"}).exit_code, 0);
  {
    ChildProcess writer([this] {  // ends without closing the store, so that the log remains
      RunStore store = RunStore::repair(directory_ / "results/study");
      store.add_wall_seconds(1);
      ::_exit(0);
      return 0;
    });
    ASSERT_EQ(writer.wait(), 0);
  }
  const fs::path results = directory_ / "results";
  ChildProcess read_only([&] {
    if (!make_mounts_private()) return kNoMount;
    const auto mount = [&](const char* from, unsigned long flags) {
      return ::mount(from, results.c_str(), nullptr, MS_BIND | flags, nullptr) == 0;
    };
    if (!mount(results.c_str(), 0) || !mount(nullptr, MS_REMOUNT | MS_RDONLY)) return kNoMount;
    return read_results(directory_.path(), "results/study");
  });
  int result = read_only.wait();
  if (result == kNoMount) GTEST_SKIP() << "NOT TESTED: this user may not mount a file system";
  EXPECT_EQ(result, 0);

  for (const char* made : {"elsewhere", "merged", "copy"}) fs::remove_all(directory_ / made);
  fs::create_directory(directory_ / "disk");
  ChildProcess full([&] {
    if (!make_mounts_private() ||
        ::mount("none", (directory_ / "disk").c_str(), "tmpfs", 0, "size=4m") != 0) {
      return kNoMount;
    }
    fs::copy(results / "study", directory_ / "disk/study", fs::copy_options::recursive);
    fs::remove(directory_ / "disk/study/report.html");
    write("disk/ballast", std::string(4 << 20, 'x'));
    return read_results(directory_.path(), "disk/study");
  });
  result = full.wait();
  if (result == kNoMount) GTEST_SKIP() << "NOT TESTED: this user may not mount a file system";
  EXPECT_EQ(result, 0);
}

}  // namespace
}  // namespace gpu_sweep::test
