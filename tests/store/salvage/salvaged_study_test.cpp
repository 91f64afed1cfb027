// Which experiment a salvaged store gets if those in the damaged file and in the ledger differ.
#include <nlohmann/json.hpp>

#include "engine/store/database/experiment_json.h"
#include "engine/store/database/ledger.h"
#include "engine/store/formats/json_text.h"
#include "tests/store/runs/run_store_damage_fixture.h"

namespace gpu_sweep::test {
namespace {

class SalvagedStudy : public RunStoreDamage {
 protected:
  struct Parts {
    std::string store, log, ledger;
  };

  Parts parts() const {
    return {read_file(file()), read_file(std::filesystem::path(file()) += "-wal"),
            read_file(ledger_file(file()))};
  }

  void put(const Parts& parts) {
    replace(parts.store);
    if (!parts.log.empty()) write_file(std::filesystem::path(file()) += "-wal", parts.log);
    write_file(ledger_file(file()), parts.ledger);
  }

  std::string text() const { return to_text(to_json(experiment)); }

  /// Makes a store with three runs of each model in the file. Three more runs of each, and the experiment
  /// with its number of runs raised to six, are in the log.
  Parts raised_in_the_log() {
    fill();
    experiment.runs = 6;
    runs = sample_runs(experiment, 4000);
    RunStore store = continued();
    store.add(runs);
    return parts();
  }

  void expect_all_runs() {
    const RunStore reader = RunStore::open(out());
    EXPECT_EQ(reader.stored().experiment.runs, 6);
    EXPECT_EQ(expect_only_true_runs(reader), 12u);
    EXPECT_EQ(reader.missing(), std::vector<std::string>{});
  }
};

TEST_F(SalvagedStudy, TheLedgersExperimentIsTakenIfItWasRaised) {
  Parts damaged;
  for (int tries = 0; tries < 20 && damaged.log.find(text()) == std::string::npos; ++tries) {
    std::filesystem::remove_all(out());  // again if a commit emptied the log (after one second)
    experiment.runs = 3;
    runs = sample_runs(experiment, 4000);
    damaged = raised_in_the_log();
  }
  int flips = 0;
  for (std::size_t at = 0; (at = damaged.log.find(text(), at)) != std::string::npos; ++at, ++flips)
    damaged.log[at + 2] ^= 1;
  ASSERT_GT(flips, 0);
  put(damaged);
  expect_all_runs();
  put(damaged);
  {
    const RunStore repaired = RunStore::repair(out());
    EXPECT_EQ(repaired.stored().experiment.runs, 6);
    EXPECT_EQ(expect_only_true_runs(repaired), 12u);
  }
  expect_all_runs();
}

TEST_F(SalvagedStudy, TheFilesExperimentIsTakenIfTheLedgersIsOlder) {
  fill();
  const std::string old_ledger = parts().ledger;
  raised_in_the_log();
  Parts damaged = parts();  // after closing, the file holds everything
  damaged.ledger = old_ledger;
  damaged.store.replace(0, 100, 100, '\0');
  put(damaged);
  EXPECT_EQ(expect_only_true_runs(RunStore::repair(out())), 12u);
  expect_all_runs();
}

}  // namespace
}  // namespace gpu_sweep::test
