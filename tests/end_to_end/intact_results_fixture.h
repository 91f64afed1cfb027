// Runs sweeps, kills them, damages their results, and runs the commands that read the results.
#pragma once

#include "engine/store/database/sqlite.h"
#include "tests/end_to_end/study_fixture.h"

namespace gpu_sweep::test {

class IntactResults : public Study {
 protected:
  Outcome command(std::vector<std::string> words) {
    return Program(directory_.path(), std::move(words)).wait();
  }

  void flip(const std::string& name, std::size_t place) {
    std::string bytes = read(name);
    ASSERT_GT(bytes.size(), place) << name;
    bytes[place] = static_cast<char>(bytes[place] ^ 1);
    write(name, bytes);
  }

  void change(const std::string& results, const std::string& sql) {
    sqlite::Database(directory_ / results / "runs.sqlite", sqlite::Access::kReadWrite).execute(sql);
  }

  /// The command of a sweep in results/ that has more runs than any test waits for.
  static std::vector<std::string> long_sweep() {
    return with_usual_flags({"run", "study.toml", "--runs", "2000", "--out", "results"});
  }

  /// Runs a long sweep in results/, and kills it when it has stored at least `runs` runs. Because of the
  /// kill, the store's write-ahead log (runs.sqlite-wal) is left behind.
  void kill_after(std::size_t runs) {
    Program program(directory_.path(), long_sweep());
    ASSERT_TRUE(program.runs_until([&] { return kept_runs("results") >= runs; }));
    program.send(SIGKILL);
    program.wait();
  }

  static std::size_t shown(const Outcome& outcome) {
    std::size_t runs = 0;
    const auto summary = nlohmann::json::parse(outcome.out, nullptr, false);
    for (const auto& model : summary["models"]) runs += model["per_run"].size();
    return runs;
  }
};

}  // namespace gpu_sweep::test
