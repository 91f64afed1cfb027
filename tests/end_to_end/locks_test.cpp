// Another SQLite client locks the store of a sweep: before the sweep starts, while it runs, or as it ends.
// Also: what a terminal shows while the sweep waits, and what happens if the lock file of a folder is deleted
// before it is locked.
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <thread>

#include "engine/store/database/sqlite.h"
#include "tests/end_to_end/strace.h"
#include "tests/support/environment_variable.h"
#include "tests/support/terminal.h"

namespace gpu_sweep::test {
namespace {

namespace fs = std::filesystem;

using testing::HasSubstr;

/// A part of the message that the sweep prints while it waits for a lock on the store.
constexpr const char* kWaiting = "is in use by another process, which has locked it: waiting to write";

class Locks : public Study {
 protected:
  sqlite::Database client(const std::string& results) const {
    return sqlite::Database(directory_ / results / "runs.sqlite", sqlite::Access::kReadWrite);
  }

  bool says(const std::string& text) const { return read(".stderr").find(text) != std::string::npos; }
};

/// A pseudo-terminal for the stderr of a program. This process reads everything that is written to it.
class Terminal {
 public:
  Terminal() : descriptor_(::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC)) {
    if (descriptor_ < 0 || ::grantpt(descriptor_) != 0 || ::unlockpt(descriptor_) != 0)
      throw std::runtime_error("no terminal");
    std::array<char, 128> name{};
    if (::ptsname_r(descriptor_, name.data(), name.size()) != 0) throw std::runtime_error("no terminal");
    name_ = name.data();
    held_ = ::open(name_.c_str(), O_RDWR | O_NOCTTY | O_CLOEXEC);  // stays open after the program ends
    reader_ = std::thread([this] {
      std::array<char, 4096> bytes;
      for (ssize_t count; (count = ::read(descriptor_, bytes.data(), bytes.size())) > 0;) {
        const std::lock_guard lock(mutex_);
        text_.append(bytes.data(), static_cast<std::size_t>(count));
      }
    });
  }
  Terminal(const Terminal&) = delete;
  Terminal& operator=(const Terminal&) = delete;
  ~Terminal() {
    ::close(held_);
    reader_.join();
    ::close(descriptor_);
  }

  /// Returns a launcher that runs its command with stderr on this terminal.
  std::vector<std::string> launcher() const { return {"sh", "-c", "exec \"$@\" 2> " + name_, "sh"}; }

  std::string text() const {
    const std::lock_guard lock(mutex_);
    return text_;
  }

 private:
  int descriptor_, held_ = -1;
  std::string name_;
  mutable std::mutex mutex_;
  std::string text_;
  std::thread reader_;
};

TEST_F(Locks, AnotherClientsLockIsWaitedFor) {
  gpu_sweep({"run", "study.toml", "--out", "results", "--runs", "1"});
  Program program(directory_.path(),
                  with_usual_flags({"run", "study.toml", "--runs", "400", "--out", "results"}));
  ASSERT_TRUE(program.runs_until([&] { return kept_runs("results") >= 5; }));
  {
    sqlite::Database client(directory_ / "results/runs.sqlite", sqlite::Access::kReadWrite);
    const sqlite::Transaction lock(client);
    std::this_thread::sleep_for(std::chrono::seconds(2));
  }
  const Outcome outcome = program.wait();
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_THAT(outcome.err, HasSubstr("is in use by another process, which has locked it: waiting to write"));
  EXPECT_EQ(kept_runs("results"), 800u);
}

TEST_F(Locks, ATermEndsTheWaitForAnotherClient) {
  Program program(directory_.path(),
                  with_usual_flags({"run", "study.toml", "--runs", "2000", "--out", "results"}));
  ASSERT_TRUE(program.runs_until([&] { return kept_runs("results") >= 5; }));
  sqlite::Database client(directory_ / "results/runs.sqlite", sqlite::Access::kReadWrite);
  const sqlite::Transaction lock(client);
  ASSERT_TRUE(
      program.runs_until([&] { return read(".stderr").find("waiting to write") != std::string::npos; }));
  program.send(SIGTERM);
  const auto start = std::chrono::steady_clock::now();
  EXPECT_EQ(program.wait().signal, SIGTERM);
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(10));
}

TEST_F(Locks, ALockWithinAStopDoesNotDecideTheExitCode) {
  for (const bool by_clock : {true, false}) {
    const std::string out = by_clock ? "clock" : "term";
    std::vector<std::string> words = {"train", "--hidden", "8", "--epochs", "100000", "--out", out};
    if (by_clock) words = {"run", "study.toml", "--epochs", "100000", "--out", out, "--stop-after", "4s"};
    Program program(directory_.path(), with_usual_flags(words));
    ASSERT_TRUE(program.runs_until([&] { return fs::exists(directory_ / out / "runs.sqlite-ledger"); }));
    sqlite::Database client(directory_ / out / "runs.sqlite", sqlite::Access::kReadWrite);
    const sqlite::Transaction lock(client);
    if (!by_clock) program.send(SIGTERM);
    const Outcome outcome = program.wait();
    if (by_clock) {
      EXPECT_EQ(outcome.exit_code, 75) << outcome.err;
      EXPECT_THAT(outcome.err, HasSubstr("wall time was not stored"));
    } else {
      EXPECT_EQ(outcome.signal, SIGTERM) << outcome.err;
    }
  }
}

TEST_F(Locks, OneThatIsHeldAtTheStartIsWaitedFor) {
  gpu_sweep({"run", "study.toml", "--out", "results", "--runs", "1"});
  sqlite::Database other = client("results");
  auto lock = std::make_unique<sqlite::Transaction>(other);
  Program program(directory_.path(), with_usual_flags({"run", "study.toml", "--out", "results"}));
  ASSERT_TRUE(program.runs_until([&] { return says(kWaiting); })) << read(".stderr");
  lock.reset();
  const Outcome outcome = program.wait();
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_EQ(outcome.err.find(kWaiting), outcome.err.rfind(kWaiting)) << "said once";
  EXPECT_EQ(kept_runs("results"), 6u);
}

TEST_F(Locks, ATermEndsTheWaitAtTheStart) {
  gpu_sweep({"run", "study.toml", "--out", "results", "--runs", "1"});
  const auto before = read("results/runs.sqlite");
  sqlite::Database other = client("results");
  const sqlite::Transaction lock(other);
  Program program(directory_.path(), with_usual_flags({"run", "study.toml", "--out", "results"}));
  ASSERT_TRUE(program.runs_until([&] { return says(kWaiting); })) << read(".stderr");
  program.send(SIGTERM);
  EXPECT_EQ(program.wait().signal, SIGTERM);
  EXPECT_EQ(read("results/runs.sqlite"), before);
}

TEST_F(Locks, ALineOfAThreadErasesTheProgressBar) {
  gpu_sweep({"run", "study.toml", "--out", "results", "--runs", "1"});
  const EnvironmentVariable term("TERM", "xterm"), no_colour("NO_COLOR", "1");
  Terminal terminal;
  Program program(directory_.path(),
                  with_usual_flags({"run", "study.toml", "--runs", "2000", "--out", "results"}), ".stdout",
                  terminal.launcher());
  ASSERT_TRUE(program.runs_until([&] { return terminal.text().find(" runs  ") != std::string::npos; }))
      << terminal.text();
  sqlite::Database other = client("results");
  const sqlite::Transaction lock(other);
  ASSERT_TRUE(program.runs_until([&] { return terminal.text().find(kWaiting) != std::string::npos; }));
  program.send(SIGTERM);
  EXPECT_EQ(program.wait().signal, SIGTERM);
  const std::vector<std::string> lines = shown_by_a_terminal(terminal.text());
  const std::string waiting = std::string("warning: results/runs.sqlite ") + kWaiting;
  for (const std::string& line : {waiting, std::string("stopping; repeat to stop at once")})
    EXPECT_EQ(std::ranges::count(lines, line), 1) << line << " in " << testing::PrintToString(lines);
  for (const std::string& line : lines) EXPECT_FALSE(line.starts_with("[")) << "a bar was left: " << line;
}

class LockFile : public Strace {};

TEST_F(LockFile, ReplacedBeforeItIsLockedIsLockedAgain) {
  Program program(
      directory_.path(), with_usual_flags({"run", "study.toml", "--out", "results"}), ".stdout",
      {"strace", "-f", "-o", "log", "-e", "trace=flock", "-e", "inject=flock:delay_enter=1000000:when=1"});
  const fs::path lock = directory_ / "results/lock";
  ASSERT_TRUE(program.runs_until([&] { return fs::exists(lock); }));
  fs::remove(lock);
  const Outcome outcome = program.wait();
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_TRUE(fs::exists(lock));
  EXPECT_GE(std::ranges::count_if(log(),
                                  [](const auto& line) { return line.find("LOCK_EX") != std::string::npos; }),
            2);
}

}  // namespace
}  // namespace gpu_sweep::test
