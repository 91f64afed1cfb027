// The files left by a process that was killed after adding many runs in one transaction.
#pragma once

#include <map>

#include "tests/store/runs/run_store_damage_fixture.h"

namespace gpu_sweep::test {

/// A store whose log ends with a transaction of `runs`. `files` has the contents of its files by name.
class AGroupInTheLog : public RunStoreDamage {
 protected:
  AGroupInTheLog() {
    experiment.runs = 10;
    runs = sample_runs(experiment, 4000);
    for (int tries = 0; tries < 20; ++tries) {  // again if a commit emptied the log (after one second)
      std::filesystem::remove_all(out());
      { const RunStore made = continued(); }
      RunStore store = continued();
      store.add(runs);
      files.clear();
      for (const auto& entry : std::filesystem::directory_iterator(out())) {
        if (entry.path().filename() != "runs.sqlite-shm")
          files[entry.path().filename()] = read_file(entry.path());
      }
      if (!files["runs.sqlite-wal"].empty()) break;
    }
  }

  void put(const std::map<std::string, std::string>& all) {
    for (const auto& entry : std::filesystem::directory_iterator(out()))
      std::filesystem::remove(entry.path());
    for (const auto& [name, bytes] : all) write_file(out() / name, bytes);
  }

  /// Expects the files to equal `all`. Ignores the holder's name in the lock. First removes SQLite's index of
  /// the write-ahead log, which SQLite creates for reading and which has no data of its own.
  void expect_unchanged(const std::map<std::string, std::string>& all) {
    std::filesystem::remove(out() / "runs.sqlite-shm");
    for (const std::string& name : names_in(out())) {
      ASSERT_TRUE(all.contains(name)) << name;
      EXPECT_TRUE(name == "lock" || read_file(out() / name) == all.at(name)) << name;
    }
    EXPECT_EQ(names_in(out()).size(), all.size());
  }

  std::map<std::string, std::string> files;
};

}  // namespace gpu_sweep::test
