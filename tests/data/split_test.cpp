#include "engine/data/split.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <span>

#include "engine/data/sha256.h"
#include "tests/support/error_of.h"

namespace gpu_sweep {
namespace {

using testing::ElementsAre;

/// Returns the SHA-256 of the indices as little-endian int32.
std::string hash_of(const std::vector<std::int32_t>& indices) {
  std::vector<std::uint8_t> bytes;
  for (const std::int32_t index : indices) {
    for (int shift = 0; shift < 32; shift += 8) bytes.push_back(static_cast<std::uint8_t>(index >> shift));
  }
  return sha256_hex(bytes);
}

/// Returns the default split of `rows` rows. It does not depend on the labels of the rows.
HeldOut default_split(std::size_t rows) {
  return hold_out(std::vector<std::uint8_t>(rows), HoldOut{}, "f", "validation");
}

TEST(Split, FashionMnistAsTheStudyDrewIt) {
  const HeldOut split = default_split(60000);
  ASSERT_EQ(split.held_out.size(), 10000u);
  ASSERT_EQ(split.kept.size(), 50000u);
  const std::vector<std::int32_t> first(split.held_out.begin(), split.held_out.begin() + 8);
  EXPECT_THAT(first, ElementsAre(3048, 19563, 58303, 8870, 40228, 31488, 21860, 56864));
  const std::vector<std::int32_t> begin(split.kept.begin(), split.kept.begin() + 8);
  EXPECT_THAT(begin, ElementsAre(9644, 25077, 36940, 49702, 2571, 29281, 40045, 3517));
  const std::vector<std::int32_t> end(split.kept.end() - 4, split.kept.end());
  EXPECT_THAT(end, ElementsAre(52416, 42613, 43567, 2732));
  EXPECT_EQ(hash_of(split.held_out), "372d5d2ffbbd7666ebcd95cb1549f77249e4888959a5ff6adcf41f6d64494a16");
  EXPECT_EQ(hash_of(split.kept), "341910b4ab55fd86981a1d018a3599ab6e7feb00baa5c3f97b4898acfa7de9af");
}

TEST(Split, ValidationIsASixthRoundedUp) {
  for (const auto& [rows, validation] : {std::pair{2, 1}, {6, 1}, {7, 2}, {12, 2}, {13, 3}}) {
    const HeldOut split = default_split(static_cast<std::size_t>(rows));
    EXPECT_EQ(split.held_out.size(), static_cast<std::size_t>(validation)) << rows;
    std::vector<std::int32_t> all = split.held_out;
    all.insert(all.end(), split.kept.begin(), split.kept.end());
    std::sort(all.begin(), all.end());
    for (int i = 0; i < rows; ++i) EXPECT_EQ(all.at(static_cast<std::size_t>(i)), i) << rows;
  }
}

TEST(Split, BothPartsHaveRows) {
  EXPECT_EQ(test::error_of(ExitCode::kData, [] { default_split(1); }),
            "f: 1 of 1 rows held out for validation, expected at least one row in each part "
            "(validation.fraction is 0.166667)");
  EXPECT_EQ(test::error_of(ExitCode::kData,
                           [] {
                             hold_out(std::vector<std::uint8_t>(10), {0.95, 0, false}, "f", "test");
                           }),
            "f: 10 of 10 rows held out for test, expected at least one row in each part (test.fraction "
            "is 0.95)");
}

/// The expected rows are those that scikit-learn returns for
/// train_test_split(range(100), test_size=0.25, random_state=7).
TEST(Split, FractionAndSeedAsInScikitLearn) {
  const HeldOut split = hold_out(std::vector<std::uint8_t>(100), {0.25, 7, false}, "f", "validation");
  ASSERT_EQ(split.held_out.size(), 25u);
  ASSERT_EQ(split.kept.size(), 75u);
  EXPECT_THAT(std::span(split.held_out).first(6), ElementsAre(37, 26, 78, 91, 49, 15));
  EXPECT_THAT(std::span(split.kept).first(4), ElementsAre(97, 51, 30, 74));
  EXPECT_EQ(hold_out(std::vector<std::uint8_t>(10), {0.3, 1, false}, "f", "x").held_out.size(), 3u);
}

TEST(Split, StratifiedKeepsEveryClassesShare) {
  std::vector<std::uint8_t> labels;  // the classes have 60, 30, 7 and 3 rows
  for (int i = 0; i < 100; ++i)
    labels.push_back(static_cast<std::uint8_t>(i < 60 ? 0 : i < 90 ? 1 : i < 97 ? 2 : 3));
  const HeldOut split = hold_out(labels, {0.25, 5, true}, "f", "validation");
  std::array<int, 4> counts{};
  for (const std::int32_t row : split.held_out) ++counts[labels[static_cast<std::size_t>(row)]];
  EXPECT_THAT(counts, ElementsAre(15, 7, 2, 1))
      << "7.5, 1.75 and 0.75: the largest remainders are rounded up";
  std::vector<std::int32_t> all = split.held_out;
  all.insert(all.end(), split.kept.begin(), split.kept.end());
  std::sort(all.begin(), all.end());
  for (int i = 0; i < 100; ++i) EXPECT_EQ(all.at(static_cast<std::size_t>(i)), i);
  EXPECT_NE(hold_out(labels, {0.25, 6, true}, "f", "validation").held_out, split.held_out);
}

TEST(NumpyPermutation, OneElement) { EXPECT_THAT(numpy_permutation(1, 0), ElementsAre(0)); }

}  // namespace
}  // namespace gpu_sweep
