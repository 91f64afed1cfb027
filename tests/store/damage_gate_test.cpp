// Bits flipped and ends cut off in whatever belongs to a store, of a process that lives or was killed: no run
// that was reported is ever missing without being named, and the same store goes on to hold what an
// undisturbed one does. Many of them by hand, some in continuous integration.
#include <algorithm>
#include <cstring>
#include <map>
#include <random>
#include <set>

#include "engine/store/probabilities.h"
#include "engine/store/snapshot_file.h"
#include "tests/store/run_store_damage_fixture.h"
#include "tests/support/child_process.h"
#include "tests/support/pipe.h"

namespace gpu_sweep::test {
namespace {

namespace fs = std::filesystem;

constexpr int kFlips = GPU_SWEEP_FLIPS;
constexpr int kCuts = GPU_SWEEP_CUTS;

constexpr std::array kParts = {"runs.sqlite", "runs.sqlite-wal", "runs.sqlite-ledger"};

/// Whether a line such as "'deep': seeds 3, 7 to 9" or "run of \"deep\", seed 3" names the run.
bool names(const std::string& line, const RunRecord& run) {
  const bool of_model = line.find("'" + run.model + "': seed") != std::string::npos ||
                        line.find("run of \"" + run.model + "\", seed") != std::string::npos;
  if (!of_model) return false;
  std::size_t at = line.find("seed") + 4;
  at += line[at] == 's';
  for (std::uint64_t first = 0; at < line.size() && line[at] != ':';) {
    const std::size_t digit = line.find_first_of("0123456789", at);
    if (digit == std::string::npos || line.substr(at, digit - at).find(':') != std::string::npos) break;
    std::size_t end = 0;
    const std::uint64_t seed = std::stoull(line.substr(digit), &end);
    const bool range = line.substr(at, digit - at).find(" to ") != std::string::npos;
    if (range ? first < run.seed && run.seed <= seed : run.seed == seed) return true;
    first = seed;
    at = digit + end;
  }
  return false;
}

class DamageGate : public RunStoreDamage {
 protected:
  DamageGate() {
    experiment.runs = 8;
    runs = sample_runs(experiment, 4000);
  }

  std::map<std::string, std::string> contents() const {
    std::map<std::string, std::string> files;
    for (const char* part : kParts) files[part] = read_file(out() / part);
    return files;
  }

  void put(const std::map<std::string, std::string>& files) {
    for (const auto& entry : fs::directory_iterator(out())) fs::remove(entry.path());
    for (const auto& [name, bytes] : files) write_file(out() / name, bytes);
  }

  /// A process that adds every run, one transaction each, and waits.
  ChildProcess writer(Pipe& pipe) {
    return ChildProcess([&] {
      RunStore store = continued();
      for (const RunRecord& run : runs) store.add(run);
      pipe.write(1);
      for (;;) ::pause();
      return 0;
    });
  }

  std::map<std::string, std::string> left_by_a_killed_writer() {
    Pipe pipe;
    ChildProcess child = writer(pipe);
    EXPECT_EQ(pipe.read(), 1);
    child.kill();
    return contents();
  }

  /// What a reader is shown and told.
  void expect_named_by_a_reader() {
    std::vector<RunRecord> read;
    std::vector<std::string> lines;
    try {
      const RunStore store = RunStore::open(out());
      lines = store.missing();
      read = store.runs();
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ExitCode::kCorrupt) << error.what();
      EXPECT_NE(std::string(error.what()).find(file().string()), std::string::npos) << error.what();
      ++refused_;
      return;
    }
    expect_there_or_named(read, lines);
  }

  void expect_there_or_named(const std::vector<RunRecord>& read, const std::vector<std::string>& lines) {
    for (const RunRecord& run : runs) {
      const auto found = std::ranges::find_if(
          read, [&](const RunRecord& each) { return each.model == run.model && each.seed == run.seed; });
      if (found != read.end()) {
        expect_same_bits(run, *found);
        continue;
      }
      ++named_;
      EXPECT_TRUE(std::ranges::any_of(lines, [&](const auto& line) { return names(line, run); }))
          << run.model << ", seed " << run.seed << " is missing in silence";
    }
  }

  void expect_named_and_trained_again() {
    RunStore store = continued();
    expect_there_or_named(store.runs(), store.damaged());
    for (const RunRecord& run : runs) store.add(run);
    ASSERT_EQ(store.runs().size(), runs.size());
    for (std::size_t i = 0; i < runs.size(); ++i) expect_same_bits(runs[i], store.runs()[i]);
    EXPECT_TRUE(store.missing().empty());
    EXPECT_TRUE(store.replaced().empty());
  }

  std::string spoil(std::string bytes, int trial) {
    if (trial >= kFlips) {
      // Every other cut at the border of a frame of the log, which no scan can see.
      const std::size_t place = random_() % bytes.size(), frame = 24 + 32768;
      bytes.resize(trial % 2 == 0 && bytes.size() > 32 + frame
                       ? 32 + random_() % ((bytes.size() - 32) / frame) * frame
                       : place);
    } else {
      const std::size_t place = random_() % bytes.size();
      bytes[place] = static_cast<char>(bytes[place] ^ (1 << random_() % 8));
    }
    return bytes;
  }

  std::mt19937 random_{30};
  int refused_ = 0, named_ = 0;
};

TEST_F(DamageGate, AfterAKillNothingIsMissingInSilence_Seed30) {
  const auto files = left_by_a_killed_writer();
  for (const char* part : kParts) {
    ASSERT_FALSE(files.at(part).empty()) << part;
    for (int trial = 0; trial < kFlips + kCuts; ++trial) {
      SCOPED_TRACE(std::string(part) + (trial < kFlips ? ", flip " : ", cut ") + std::to_string(trial));
      auto spoilt = files;
      spoilt[part] = spoil(files.at(part), trial);
      put(spoilt);
      expect_named_by_a_reader();
      put(spoilt);
      expect_named_and_trained_again();
      if (HasFatalFailure()) return;
    }
  }
  EXPECT_GT(named_, 0) << "no run was ever lost";
}

TEST_F(DamageGate, WhileAProcessWritesNothingIsMissingInSilence_Seed30) {
  for (const char* part : kParts) {
    for (int trial = 0; trial < kFlips; trial += 10) {
      put({});
      Pipe pipe;
      ChildProcess child = writer(pipe);
      ASSERT_EQ(pipe.read(), 1);
      for (int flip = trial; flip < trial + 10; ++flip) {
        SCOPED_TRACE(std::string(part) + ", flip " + std::to_string(flip));
        const std::string sound = read_file(out() / part);
        if (sound.empty()) continue;
        // In place: the process has the file open.
        const std::string spoilt = spoil(sound, 0);
        const auto place = std::ranges::mismatch(sound, spoilt).in1 - sound.begin();
        std::fstream(out() / part, std::ios::in | std::ios::out | std::ios::binary)
            .seekp(place)
            .put(spoilt[static_cast<std::size_t>(place)]);
        expect_named_by_a_reader();
        std::fstream(out() / part, std::ios::in | std::ios::out | std::ios::binary)
            .seekp(place)
            .put(sound[static_cast<std::size_t>(place)]);
      }
      child.kill();
      expect_named_and_trained_again();
      if (HasFatalFailure()) return;
    }
  }
}

TEST_F(DamageGate, ASnapshotIsReadAsItWasWrittenOrRefused_Seed30) {
  Snapshot snapshot;
  snapshot.key = std::string(64, 'a');
  snapshot.history = {{1, 2, 3, 4}, {5, 6, 7, 8}};
  snapshot.weights.assign(500, 0.25F);
  snapshot.optimiser = {std::vector<float>(500, 0.5F)};
  save_snapshot(out() / "s.npz", snapshot);
  const std::string bytes = read_file(out() / "s.npz");
  int refused = 0;
  for (int trial = 0; trial < (kFlips + 2) / 3; ++trial) {
    write_file(out() / "s.npz", spoil(bytes, trial % 2 == 0 ? 0 : kFlips));
    try {
      const Snapshot read = load_snapshot(out() / "s.npz");
      EXPECT_EQ(read.weights, snapshot.weights);
      EXPECT_EQ(read.optimiser, snapshot.optimiser);
      EXPECT_EQ(read.key, snapshot.key);
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ExitCode::kData) << error.what();
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
  const fs::path kept = probabilities_file(out(), run.key);
  const std::string bytes = read_file(kept);
  int damaged = 0;
  for (int trial = 0; trial < (kFlips + 2) / 3; ++trial) {
    write_file(kept, spoil(bytes, trial % 2 == 0 ? 0 : kFlips));
    const KeptProbabilities read = find_probabilities(out(), run.key, labels.size());
    damaged += !read.damage.empty();
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
