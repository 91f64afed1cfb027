#include "engine/cluster/snapshot_message.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace gpu_sweep {
namespace {

using ::testing::IsEmpty;

/// Returns a snapshot of 2.4 MB.
Snapshot sample() {
  Snapshot snapshot;
  snapshot.key = std::string(64, 'a');
  snapshot.history = {{1, 2, 3, 4}, {5, 6, 7, 8}};
  for (int i = 0; i < 200'000; ++i) snapshot.weights.push_back(static_cast<float>(i) * 0.25F);
  snapshot.optimizer = {snapshot.weights, snapshot.weights};
  snapshot.optimizer[1].back() = -1;
  return snapshot;
}

TEST(SnapshotMessage, ALargeSnapshotTravelsInPartsAndArrivesAsSent) {
  const Snapshot sent = sample();
  const std::vector<SnapshotPart> parts = pack(sent);
  ASSERT_EQ(parts.size(), 3U);
  SnapshotParts arriving;
  for (int time = 0; time < 2; ++time) {  // two snapshots in succession
    for (std::size_t i = 0; i + 1 < parts.size(); ++i) {
      EXPECT_EQ(parts[i].bytes.size(), kSnapshotPartBytes);
      EXPECT_FALSE(arriving.add(parts[i]));
    }
    const std::optional<Snapshot> snapshot = arriving.add(parts.back());
    ASSERT_TRUE(snapshot);
    EXPECT_EQ(snapshot->key, sent.key);
    EXPECT_EQ(snapshot->history, sent.history);
    EXPECT_EQ(snapshot->weights, sent.weights);
    EXPECT_EQ(snapshot->optimizer, sent.optimizer);
  }
}

TEST(SnapshotMessage, APartThatIsMissingOrComesTwiceIsRefusedAndTheNextSnapshotArrives) {
  const std::vector<SnapshotPart> parts = pack(sample());
  SnapshotParts arriving;
  for (const std::vector<std::size_t>& order :
       {std::vector<std::size_t>{0, 2}, {1, 2}, {0, 1, 1, 2}, {1, 0, 2}}) {
    for (const std::size_t i : order) {
      if (parts[i].last) {
        EXPECT_THROW(arriving.add(parts[i]), std::invalid_argument);
      } else {
        EXPECT_FALSE(arriving.add(parts[i]));
      }
    }
  }
  for (const SnapshotPart& part : parts) EXPECT_EQ(arriving.add(part).has_value(), part.last);
}

TEST(SnapshotMessage, AnOversizedSnapshotIsNeitherSentNorAssembled) {
  constexpr std::uint64_t kMost = 2 * kSnapshotPartBytes;
  EXPECT_THAT(pack(sample(), kMost), IsEmpty());
  const std::vector<SnapshotPart> parts = pack(sample());
  SnapshotParts arriving(kMost);
  EXPECT_FALSE(arriving.add(parts[0]));
  EXPECT_FALSE(arriving.add(parts[1]));
  EXPECT_THROW(arriving.add(parts[2]), std::invalid_argument);
}

}  // namespace
}  // namespace gpu_sweep
