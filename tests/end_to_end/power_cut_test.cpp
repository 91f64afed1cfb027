// A power cut may lose everything that has not been synced. The order of system calls must therefore be safe
// at every moment.
#include <map>
#include <regex>
#include <set>

#include "tests/end_to_end/strace.h"

namespace gpu_sweep::test {
namespace {

namespace fs = std::filesystem;

/// A model of a file system that keeps only what has been synced. It follows a log of system calls and
/// reports unsafe ones.
class Disk {
 public:
  /// Processes one line of `strace -f -y`, in which paths are absolute. If a call of another thread was
  /// logged in between, strace puts more than one space before the result.
  void take(const std::string& line) {
    static const std::regex sync(R"((fsync|fdatasync)\(\d+<([^>]*)>\) += 0)");
    static const std::regex write(R"((write|pwrite64|ftruncate)\(\d+<([^>]*)>)");
    static const std::regex rename(R"re((rename|link)\("([^"]*)", "([^"]*)"\) += 0)re");
    static const std::regex made(R"re(mkdir\("([^"]*)", \d+\) += 0)re");
    std::smatch found;
    if (std::regex_search(line, found, sync)) {
      unsynced_.erase(found[2]);
      for (auto entry = unsafe_names_.begin(); entry != unsafe_names_.end();) {
        entry = entry->second == found[2] ? unsafe_names_.erase(entry) : std::next(entry);
      }
    } else if (std::regex_search(line, found, write)) {
      unsynced_.insert(found[2]);
    } else if (std::regex_search(line, found, rename)) {
      EXPECT_EQ(unsynced_.count(found[2]), 0U) << "its contents may be lost: " << line;
      if (fs::path(found[3].str()).filename() == "runs.sqlite") expect_safe_names(line);
      name(found[3].str());
    } else if (std::regex_search(line, found, made)) {
      name(found[1].str());
    }
  }

  /// Returns the names that a power cut may still remove.
  const std::map<std::string, std::string>& unsafe_names() const { return unsafe_names_; }

 private:
  void name(const fs::path& path) { unsafe_names_[path.string()] = path.parent_path().string(); }

  /// Called when a new store gets the name runs.sqlite. Expects every other name to be safe by then.
  void expect_safe_names(const std::string& line) const {
    for (const auto& [path, directory] : unsafe_names_)
      ADD_FAILURE() << line << " before " << path << " is safe";
  }

  std::set<std::string> unsynced_;                   // names of files
  std::map<std::string, std::string> unsafe_names_;  // by path: the directory of the path
};

class PowerCut : public Strace {
 protected:
  std::string place() const { return fs::canonical(directory_.path()).string(); }
  std::string out() const { return place() + "/new/results"; }

  /// Runs the study under strace, and checks the order of the calls that concern its folder.
  Outcome run() {
    const Outcome outcome = under_strace(
        {"-y", "-s", "0", "-e", "trace=fsync,fdatasync,write,pwrite64,ftruncate,rename,link,mkdir"},
        {"run", "study.toml", "--out", out(), "--lanes", "1", "--snapshot-every", "1", "--keep-predictions"});
    Disk disk;
    std::size_t calls = 0;
    for (const std::string& line : log()) {
      if (line.find(place()) == std::string::npos) continue;
      disk.take(line);
      ++calls;
    }
    EXPECT_GT(calls, 20U);
    for (const auto& [path, directory] : disk.unsafe_names()) ADD_FAILURE() << path << " is never synced";
    return outcome;
  }
};

TEST_F(PowerCut, TakesNothingThatAFinishedSweepHasNamed) { EXPECT_EQ(run().exit_code, 0); }

TEST_F(PowerCut, DuringASalvageTakesNeitherStore) {
  ASSERT_EQ(run().exit_code, 0);
  std::string bytes = read("new/results/runs.sqlite");
  bytes.resize(bytes.size() - 100);
  write("new/results/runs.sqlite", bytes);
  const Outcome salvaged = run();
  EXPECT_EQ(salvaged.exit_code, 0) << salvaged.err;
  EXPECT_EQ(listing().count("new/results/runs.sqlite.damaged-1"), 1U) << salvaged.err;
}

}  // namespace
}  // namespace gpu_sweep::test
