// Flips bits in the files of a store, while its process is alive or after it was killed, and truncates them
// after a kill. Every reported run that is missing must be named, and training again must give the store the
// contents of an undisturbed one. Damage to snapshots and probabilities must never give wrong contents. The
// number of trials is set in tests/store/CMakeLists.txt.
#include <cstdio>
#include <cstring>

#include "engine/store/runs/probabilities.h"
#include "engine/store/snapshots/snapshot_file.h"
#include "tests/store/salvage/damage_gate_fixture.h"

namespace gpu_sweep::test {
namespace {

constexpr int kFlips = GPU_SWEEP_FLIPS;
constexpr int kCuts = GPU_SWEEP_CUTS;

TEST_F(DamageGate, AfterAKillNothingIsSilentlyMissing_Seed30) {
  const std::array files = {left_by_a_killed_writer(false), left_by_a_killed_writer(true)};
  std::map<std::string, Tally> tallies;
  for (const char* part : kParts) {
    for (int trial = 0; trial < kFlips + kCuts; ++trial) {
      SCOPED_TRACE(std::string(part) + (trial < kFlips ? ", flip " : ", cut ") + std::to_string(trial));
      auto spoilt = files[static_cast<std::size_t>(trial % 2)];
      std::string& bytes = spoilt.at(part);
      ASSERT_FALSE(bytes.empty());
      bytes = trial < kFlips ? flipped(bytes) : cut(bytes, trial / 2 % 2 == 0);
      Tally& tally = tallies[part];
      put(spoilt);
      expect_named_by_a_reader(tally, runs.size());
      put(spoilt);
      expect_named_and_trained_again(runs.size());
      if (HasFatalFailure()) return;
    }
  }
  EXPECT_GT(lost_, 0) << "no run was ever lost";
  expect_told(tallies);
}

/// A bit flips in the files of a process that has written about half of its runs and then writes the others.
TEST_F(DamageGate, WhileAProcessWritesNothingIsSilentlyMissing_Seed30) {
  runs = sample_runs(experiment, 30'000);  // one page each: later writes do not repair earlier pages
  std::map<std::string, Tally> tallies;
  for (const char* part : kParts) {
    for (int trial = 0; trial < kFlips; ++trial) {
      SCOPED_TRACE(std::string(part) + ", flip " + std::to_string(trial));
      put({});
      Pipe done, go_on;
      ChildProcess writer([&] {
        RunStore store = continued();
        add(store, 0, runs.size() / 2);
        if (trial % 2 == 1) empty_log();
        add(store, runs.size() / 2, runs.size() / 2 + 2);  // so that the log is not empty
        done.write(1);
        go_on.close_writer();
        if (go_on.read() < 0) return 1;
        try {
          add(store, runs.size() / 2 + 2, runs.size());
          done.write(2);
        } catch (const Error& error) {
          std::fprintf(stderr, "the writer ends: %s\n", error.what());
          done.write(3);
        }
        for (;;) ::pause();
        return 0;
      });
      done.close_writer();
      ASSERT_EQ(done.read(), 1);
      const std::string sound = read_file(out() / part);
      if (!sound.empty()) flip_in_place(out() / part, sound);
      Tally& tally = tallies[part];
      const std::size_t half = runs.size() / 2 + 2;
      expect_named_by_a_reader(tally, half);
      go_on.write(1);
      const int end = done.read();
      ASSERT_TRUE(end == 2 || end == 3) << end;
      const std::size_t reported = end == 2 ? runs.size() : half;
      expect_named_by_a_reader(tally, reported);
      writer.kill();
      expect_named_by_a_reader(tally, reported);
      expect_named_and_trained_again(reported);
      if (HasFatalFailure()) return;
    }
  }
  expect_told(tallies);
}

TEST_F(DamageGate, ASnapshotIsReadAsItWasWrittenOrRefused_Seed30) {
  Snapshot snapshot;
  snapshot.key = std::string(64, 'a');
  snapshot.history = {{1, 2, 3, 4}, {5, 6, 7, 8}};
  snapshot.weights.assign(500, 0.25F);
  snapshot.optimizer = {std::vector<float>(500, 0.5F)};
  save_snapshot(out() / "s.npz", snapshot);
  const std::string bytes = read_file(out() / "s.npz");
  int refused = 0;
  for (int trial = 0; trial < 2 * kCuts; ++trial) {
    write_file(out() / "s.npz", trial % 2 == 0 ? flipped(bytes) : cut(bytes, false));
    try {
      const Snapshot read = load_snapshot(out() / "s.npz");
      EXPECT_EQ(read.weights, snapshot.weights);
      EXPECT_EQ(read.optimizer, snapshot.optimizer);
      EXPECT_EQ(read.key, snapshot.key);
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ExitCode::kData) << error.what();
      EXPECT_NE(std::string(error.what()).find("s.npz"), std::string::npos) << error.what();
      ++refused;
    }
  }
  EXPECT_GT(refused, 0);
}

TEST_F(DamageGate, ProbabilitiesAreReadAsTheyWereWrittenOrNamed_Seed30) {
  RunRecord run = runs[0];
  const std::vector<std::uint8_t> labels(100, 1);
  run.test_probabilities.assign(300, Fp16{});
  save_probabilities(out(), run, labels);
  const std::filesystem::path kept = probabilities_file(out(), run.key);
  const std::string bytes = read_file(kept);
  int damaged = 0;
  for (int trial = 0; trial < 2 * kCuts; ++trial) {
    write_file(kept, trial % 2 == 0 ? flipped(bytes) : cut(bytes, false));
    const KeptProbabilities read = find_probabilities(out(), run.key, labels.size());
    if (!read.damage.empty()) {
      EXPECT_NE(read.damage.find(kept.string()), std::string::npos) << read.damage;
      ++damaged;
    }
    if (read.damage.empty()) {
      ASSERT_TRUE(read.whole);
      EXPECT_EQ(read.whole->labels, labels);
      EXPECT_EQ(std::memcmp(read.whole->values.data(), run.test_probabilities.data(), 600), 0);
    }
  }
  EXPECT_GT(damaged, 0);
}

}  // namespace
}  // namespace gpu_sweep::test
