#include "engine/store/snapshots/snapshot_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <limits>

#include "tests/support/error_of.h"
#include "tests/support/temporary_directory.h"

namespace gpu_sweep {
namespace {

Snapshot sample() {
  Snapshot snapshot;
  snapshot.key = std::string(64, 'a');
  snapshot.history = {{2.3, 0.1, 2.4, 0.2}, {std::numeric_limits<double>::quiet_NaN(), -0.0, 1e-300, 1}};
  snapshot.step = 12345;
  snapshot.beta1_power = 0.1 + 0.2;
  snapshot.beta2_power = 1 - 1e-16;
  snapshot.step_size = 1e-42F;
  snapshot.weights = {1, -0.0F, std::numeric_limits<float>::infinity()};
  snapshot.optimizer = {{0.1F, 0.2F, 0.3F}, {4, 5, 6}};
  snapshot.train_seconds = 17.25;
  return snapshot;
}

NpzArrays arrays_of(const Snapshot& snapshot) {
  const auto entries = snapshot_arrays(snapshot);
  return {entries.begin(), entries.end()};
}

TEST(SnapshotFile, EveryBitIsRestored) {
  const test::TemporaryDirectory directory;
  const auto file = directory.path() / "run.npz";
  for (const std::size_t vectors : {1U, 2U}) {
    Snapshot written = sample();
    written.optimizer.resize(vectors);
    if (vectors == 1) written.learning_rate = 0.1 + 0.2;
    if (vectors == 2) written.best_weights = {3, -0.0F, 5};
    if (vectors == 2) written.objective = {0.1 + 0.2, -0.0};
    save_snapshot(file, written);
    const Snapshot read = load_snapshot(file);
    EXPECT_EQ(read.key, written.key);
    ASSERT_EQ(read.history.size(), 2U);
    EXPECT_EQ(read.epochs_done(), 1);
    EXPECT_EQ(0, std::memcmp(read.history.data(), written.history.data(), 2 * sizeof(EpochMetrics)));
    EXPECT_EQ(read.step, written.step);
    EXPECT_EQ(read.beta1_power, written.beta1_power);
    EXPECT_EQ(read.beta2_power, written.beta2_power);
    EXPECT_EQ(read.step_size, written.step_size);
    EXPECT_EQ(read.learning_rate, written.learning_rate);
    EXPECT_EQ(read.best_weights, written.best_weights);
    EXPECT_EQ(read.objective, written.objective);
    EXPECT_EQ(read.weights, written.weights);
    EXPECT_TRUE(std::signbit(read.weights[1]));
    EXPECT_EQ(read.optimizer, written.optimizer);
    EXPECT_EQ(read.train_seconds, written.train_seconds);
  }
}

/// Older programs can read a snapshot that has nothing new, and refuse others as newer instead of as damaged.
TEST(SnapshotFile, ItsVersionIsTheOldestThatHasItsArrays) {
  Snapshot snapshot = sample();
  EXPECT_EQ(npy_values<std::uint32_t>(arrays_of(snapshot).at("version")), std::vector<std::uint32_t>{1});
  snapshot.learning_rate = 0.001;
  EXPECT_EQ(npy_values<std::uint32_t>(arrays_of(snapshot).at("version")), std::vector<std::uint32_t>{2});
  snapshot.objective = {1, 2};
  EXPECT_EQ(npy_values<std::uint32_t>(arrays_of(snapshot).at("version")), std::vector<std::uint32_t>{3});
}

void expect_refused(const NpzArrays& arrays, const std::string& why) {
  EXPECT_THAT(test::error_of(ExitCode::kData, [&] { parse_snapshot(arrays, "some file"); }),
              ::testing::AllOf(::testing::StartsWith("some file: "), ::testing::HasSubstr(why)));
}

TEST(SnapshotFile, AnyChangedArrayIsRefused) {
  for (const auto& [name, array] : arrays_of(sample())) {
    SCOPED_TRACE(name);
    NpzArrays changed = arrays_of(sample());
    changed[name].bytes.back() ^= 1U;
    expect_refused(changed, "it does not match its checksum");
    changed.erase(name);
    expect_refused(changed, name == "sha256" ? "array sha256 is missing" : "it does not match its checksum");
  }
  NpzArrays more = arrays_of(sample());
  more["more"] = more["step"];
  expect_refused(more, "it does not match its checksum");
}

TEST(SnapshotFile, WhatNoSnapshotHasIsRefusedThoughItsChecksumIsRight) {
  Snapshot short_key = sample();
  short_key.key = "abc";
  expect_refused(arrays_of(short_key), "key has 3 characters, expected 64");
  Snapshot no_history = sample();
  no_history.history.clear();
  expect_refused(arrays_of(no_history), "its history is empty");
  Snapshot uneven = sample();
  uneven.optimizer[1].pop_back();
  expect_refused(arrays_of(uneven), "weights and optimizer differ in length");
  Snapshot short_objective = sample();
  short_objective.objective = {1};
  expect_refused(arrays_of(short_objective), "history and objective differ in length");
  Snapshot none = sample();
  none.optimizer.clear();
  expect_refused(arrays_of(none), "array optimiser_0 is missing");
  Snapshot three = sample();
  three.optimizer.push_back(three.weights);
  expect_refused(arrays_of(three), "it holds arrays that no snapshot has");
}

TEST(SnapshotFile, ADiskThatCannotBeWrittenIsAnOutputError) {
  EXPECT_THAT(test::error_of(ExitCode::kOutput, [] { save_snapshot("/proc/none/run.npz", sample()); }),
              ::testing::HasSubstr("/proc/none"));
}

}  // namespace
}  // namespace gpu_sweep
