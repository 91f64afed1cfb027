// Rows read directly from the bytes of a store, even if its structure is damaged.
#include "engine/store/salvage/carve.h"

#include <map>
#include <random>

#include "engine/store/salvage/wal_scan.h"
#include "tests/store/runs/run_store_damage_fixture.h"

namespace gpu_sweep::test {
namespace {

struct Carved {
  std::map<std::string, RunRow> runs;
  std::map<std::string, std::string> study;
};

Carved carve(const std::filesystem::path& store) {
  Carved carved;
  carve_store(store, {[&](const RunRow& row) { carved.runs[row.key] = row; },
                      [&](const std::string& name, const std::string& json) { carved.study[name] = json; }});
  return carved;
}

class Carve : public RunStoreDamage {
 protected:
  void expect_all(const Carved& carved) {
    ASSERT_EQ(carved.runs.size(), runs.size());
    for (const RunRecord& run : runs) expect_same_bits(run, from_row(carved.runs.at(run.key)));
  }
};

TEST_F(Carve, FindsEveryRunAndEveryValueOfASoundStore) {
  fill();
  const Carved carved = carve(file());
  expect_all(carved);
  EXPECT_EQ(carved.study.size(), 4u);
  EXPECT_EQ(carved.study.at("numerics_version"), "1");
}

/// The first run has no objective, so its row is older than the column `objective`.
TEST_F(Carve, FindsObjectives) {
  for (std::size_t i = 1; i < runs.size(); i += 2) add_objective(runs[i]);
  fill();
  expect_all(carve(file()));
}

TEST_F(Carve, FollowsRunsOverManyPages) {
  experiment.models[0].epochs = 3000;
  runs = sample_runs(experiment, 60'000);
  runs[2].diverged_epoch = 70'000;
  runs[3].seed = ~std::uint64_t{0};
  add_objective(runs[4]);
  fill();
  expect_all(carve(file()));
}

TEST_F(Carve, FindsInTheLogWhatTheFileDoesNotHoldYet) {
  experiment.models[1].epochs = 3000;
  runs = sample_runs(experiment, 60'000);
  killed_while_filling();
  expect_all(carve(file()));
}

TEST_F(Carve, NeedsNoHeaderAndNoTree) {
  fill();
  std::string bytes = read_file(file());
  for (std::size_t page = 0; page < bytes.size(); page += kStorePage) bytes.replace(page, 8, 8, '\xff');
  bytes.replace(0, 100, 100, '\0');
  replace(bytes);
  expect_all(carve(file()));
}

TEST_F(Carve, TakesNothingThatDoesNotMatchItsChecksum_Seed6) {
  fill();
  const std::string bytes = read_file(file());
  std::mt19937 random(6);
  std::size_t lost = 0;
  for (int trial = 0; trial < 40; ++trial) {
    std::string damaged = bytes;
    for (int i = 0; i < 20; ++i) damaged[random() % damaged.size()] ^= 1 << random() % 8;
    replace(damaged);
    const Carved carved = carve(file());
    lost += runs.size() - carved.runs.size();
    for (const auto& [key, row] : carved.runs) {
      const auto original = std::ranges::find(runs, key, &RunRecord::key);
      ASSERT_NE(original, runs.end());
      expect_same_bits(*original, from_row(row));
    }
  }
  EXPECT_GT(lost, 0u) << "no flip hit a run";
}

TEST_F(Carve, EndsWhenAStopIsRequested) {
  fill();
  std::stop_source source;
  source.request_stop();
  int found = 0;
  carve_store(file(),
              {[&](const RunRow&) { ++found; }, [&](const std::string&, const std::string&) { ++found; }},
              source.get_token());
  EXPECT_EQ(found, 0);
}

TEST_F(Carve, OfNoFileFindsNothing) { EXPECT_TRUE(carve(file()).runs.empty()); }

}  // namespace
}  // namespace gpu_sweep::test
