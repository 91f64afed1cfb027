// Stores of which one file is damaged, and what readers and the next sweep must say about them.
#pragma once

#include <algorithm>
#include <array>
#include <fstream>
#include <map>
#include <random>
#include <span>
#include <string>
#include <vector>

#include "tests/store/runs/run_store_damage_fixture.h"
#include "tests/support/child_process.h"
#include "tests/support/pipe.h"

namespace gpu_sweep::test {

inline constexpr std::array kParts = {"runs.sqlite", "runs.sqlite-wal", "runs.sqlite-ledger"};

/// Returns whether a line such as "'deep': seeds 3, 7 to 9" or "run of \"deep\", seed 3" names the run.
inline bool names(const std::string& line, const RunRecord& run) {
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

/// Counts what happened to the readers in the trials that damage one of the files kParts.
struct Tally {
  int readers = 0;
  int named = 0;    ///< those that got a message about the damage
  int refused = 0;  ///< those that were shown nothing
};

class DamageGate : public RunStoreDamage {
 protected:
  using Files = std::map<std::string, std::string>;

  DamageGate() {
    experiment.runs = 8;
    runs = sample_runs(experiment, 4000);
  }

  Files contents() const {
    Files files;
    for (const char* part : kParts) files[part] = read_file(out() / part);
    return files;
  }

  void put(const Files& files) {
    for (const auto& entry : std::filesystem::directory_iterator(out()))
      std::filesystem::remove(entry.path());
    for (const auto& [name, bytes] : files) write_file(out() / name, bytes);
  }

  /// Adds the runs in [first, last) in transactions of one to four.
  void add(RunStore& store, std::size_t first, std::size_t last) const {
    for (std::size_t i = first, group = 1; i < last; i += group, group = group % 4 + 1) {
      group = std::min(group, last - i);
      store.add(std::span(runs).subspan(i, group));
    }
  }

  /// Moves the log into the store. Call it in the process that has the store open.
  void empty_log() const {
    sqlite::Database database(file(), sqlite::Access::kReadWrite);
    database.integer("PRAGMA schema_version");  // the first read opens the log
    database.empty_log();
  }

  /// Returns the files left by a process that was killed after adding every run. The log holds all runs, or
  /// with `checkpoint` only the second half of them.
  Files left_by_a_killed_writer(bool checkpoint) {
    Files files;
    for (int tries = 0; tries < 20; ++tries) {  // again if a commit emptied the log (after one second)
      put({});
      Pipe pipe;
      ChildProcess child([&] {
        RunStore store = continued();
        add(store, 0, runs.size() / 2);
        if (checkpoint) empty_log();
        add(store, runs.size() / 2, runs.size());
        pipe.write(1);
        for (;;) ::pause();
        return 0;
      });
      pipe.close_writer();
      EXPECT_EQ(pipe.read(), 1);
      child.kill();
      files = contents();
      if (HasFailure() || !files.at("runs.sqlite-wal").empty()) break;
    }
    return files;
  }

  /// Expects a reader to show each of the first `reported` runs or to name it as lost, or else to refuse the
  /// store with a message that names it.
  void expect_named_by_a_reader(Tally& tally, std::size_t reported) {
    std::vector<RunRecord> read;
    std::vector<std::string> lines;
    ++tally.readers;
    try {
      const RunStore store = RunStore::open(out());
      lines = store.missing();
      read = store.runs(lines);
      tally.named += !lines.empty() || !store.remarks().empty();
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ExitCode::kCorrupt) << error.what();
      EXPECT_NE(std::string(error.what()).find(file().string()), std::string::npos) << error.what();
      ++tally.named;
      ++tally.refused;
      return;
    }
    expect_there_or_named(read, lines, reported);
  }

  void expect_there_or_named(const std::vector<RunRecord>& read, const std::vector<std::string>& lines,
                             std::size_t reported) {
    for (const RunRecord& run : std::span(runs).first(reported)) {
      const auto found = std::ranges::find_if(
          read, [&](const RunRecord& each) { return each.model == run.model && each.seed == run.seed; });
      if (found != read.end()) {
        expect_same_bits(run, *found);
        continue;
      }
      ++lost_;
      EXPECT_TRUE(std::ranges::any_of(lines, [&](const auto& line) { return names(line, run); }))
          << run.model << ", seed " << run.seed << " is silently missing";
    }
  }

  void expect_named_and_trained_again(std::size_t reported) {
    RunStore store = continued();
    expect_there_or_named(store.runs(), store.damaged(), reported);
    for (const RunRecord& run : runs) store.add(run);
    ASSERT_EQ(store.runs().size(), runs.size());
    for (std::size_t i = 0; i < runs.size(); ++i) expect_same_bits(runs[i], store.runs()[i]);
    EXPECT_TRUE(store.missing().empty());
    EXPECT_TRUE(store.replaced().empty());
  }

  /// Checks that the trials were meaningful: damage to every part was reported, and some readers were not
  /// refused.
  void expect_told(const std::map<std::string, Tally>& tallies) const {
    for (const char* part : kParts) {
      const Tally& tally = tallies.at(part);
      EXPECT_GT(tally.named, 0) << part;
      EXPECT_LT(tally.refused, tally.readers) << part;
    }
  }

  /// Flips a bit of the file `path`, whose contents are `sound`, without replacing the file, since another
  /// process has it open.
  void flip_in_place(const std::filesystem::path& path, const std::string& sound) {
    const std::string spoilt = flipped(sound);
    const auto place = std::ranges::mismatch(sound, spoilt).in1 - sound.begin();
    std::fstream(path, std::ios::in | std::ios::out | std::ios::binary)
        .seekp(place)
        .put(spoilt[static_cast<std::size_t>(place)]);
  }

  std::string flipped(std::string bytes) {
    const std::size_t place = random_() % bytes.size();
    bytes[place] = static_cast<char>(bytes[place] ^ (1 << random_() % 8));
    return bytes;
  }

  /// Truncates the bytes of a file. With `at_a_frame`, a file that is long enough ends where a frame of a
  /// write-ahead log begins.
  std::string cut(std::string bytes, bool at_a_frame) {
    const std::size_t place = random_() % bytes.size(), frame = 24 + 32768;
    bytes.resize(at_a_frame && bytes.size() > 32 + frame
                     ? 32 + random_() % ((bytes.size() - 32) / frame) * frame
                     : place);
    return bytes;
  }

  std::mt19937 random_{30};
  int lost_ = 0;  ///< how often a reported run was missing
};

}  // namespace gpu_sweep::test
