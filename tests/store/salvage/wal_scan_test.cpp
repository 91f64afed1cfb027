// A log written by SQLite itself, with flipped bits and truncated ends.
#include "engine/store/salvage/wal_scan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "tests/store/runs/run_store_damage_fixture.h"

namespace gpu_sweep::test {
namespace {

using ::testing::HasSubstr;

constexpr std::size_t kFrame = 24 + kStorePage;

class Log : public RunStoreDamage {
 protected:
  /// Makes a log of four transactions: one creates a table, three insert a row each.
  Log() {
    sqlite::Database database(file(), sqlite::Access::kCreate);
    database.execute("PRAGMA page_size = 32768; PRAGMA journal_mode = WAL; CREATE TABLE t (x)");
    for (int i = 0; i < 3; ++i) database.execute("INSERT INTO t VALUES (zeroblob(20000))");
    bytes = read_file(std::filesystem::path(file()) += "-wal");
  }

  static std::optional<std::string> damage_of(const std::string& log) {
    return scan_wal(std::as_bytes(std::span(log))).damage;
  }

  std::string bytes;
};

TEST_F(Log, IsSoundAsSqliteWroteIt) {
  const WalScan scan = scan_wal(std::as_bytes(std::span(bytes)));
  EXPECT_EQ(scan.damage, std::nullopt);
  ASSERT_GE(scan.frames.size(), 4u);
  EXPECT_EQ(bytes.size(), 32 + scan.frames.size() * kFrame);
  for (const WalFrame& frame : scan.frames) EXPECT_TRUE(frame.intact && frame.current && frame.page > 0);
  EXPECT_EQ(std::ranges::count_if(scan.frames, [](const WalFrame& frame) { return frame.commits; }), 4);
}

TEST_F(Log, AFlippedHeaderIsDamage) {
  for (std::size_t bit = 0; bit < 32 * 8; ++bit) {
    std::string damaged = bytes;
    damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ (1 << bit % 8));
    ASSERT_EQ(damage_of(damaged), "its header does not match its checksum") << "bit " << bit;
  }
}

TEST_F(Log, AFlipBeforeTheLastTransactionIsDamageAndOneInItMayBeAPowerCut_Seed5) {
  const WalScan scan = scan_wal(std::as_bytes(std::span(bytes)));
  std::size_t last = scan.frames.size() - 1;  // first frame of the last transaction
  while (last > 0 && !scan.frames[last - 1].commits) --last;
  std::mt19937 random(5);
  for (int i = 0; i < 300; ++i) {
    std::string damaged = bytes;
    const std::size_t place = 32 + random() % (bytes.size() - 32), frame = (place - 32) / kFrame;
    damaged[place] = static_cast<char>(damaged[place] ^ (1 << random() % 8));
    SCOPED_TRACE("byte " + std::to_string(place));
    if (frame < last) {
      EXPECT_THAT(damage_of(damaged).value_or(""), HasSubstr("is not as it was written"));
    } else {
      EXPECT_EQ(damage_of(damaged), std::nullopt);
    }
  }
}

TEST_F(Log, ThatAKillTruncatedIsNotDamage) {
  for (std::size_t length = 0; length < bytes.size(); length += 997) {
    EXPECT_EQ(damage_of(bytes.substr(0, length)), std::nullopt) << length;
  }
}

TEST_F(Log, OldFramesBehindNewOnesAreNoDamage) {
  {
    sqlite::Database database(file(), sqlite::Access::kReadWrite);
    database.execute("INSERT INTO t VALUES (1); INSERT INTO t VALUES (2); INSERT INTO t VALUES (3)");
    database.execute("PRAGMA wal_checkpoint(RESTART)");
    database.execute("INSERT INTO t VALUES (4)");
    bytes = read_file(std::filesystem::path(file()) += "-wal");
  }
  const WalScan scan = scan_wal(std::as_bytes(std::span(bytes)));
  EXPECT_EQ(scan.damage, std::nullopt);
  EXPECT_TRUE(scan.frames.front().current);
  EXPECT_FALSE(scan.frames.back().current);
}

}  // namespace
}  // namespace gpu_sweep::test
