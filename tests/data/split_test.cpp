#include "engine/data/split.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <span>

#include "engine/data/sha256.h"

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

TEST(Split, FashionMnistAsTheStudyDrewIt) {
  const TrainValidationSplit split = train_validation_split(60000);
  ASSERT_EQ(split.validation.size(), 10000u);
  ASSERT_EQ(split.train.size(), 50000u);
  const std::vector<std::int32_t> first(split.validation.begin(), split.validation.begin() + 8);
  EXPECT_THAT(first, ElementsAre(3048, 19563, 58303, 8870, 40228, 31488, 21860, 56864));
  const std::vector<std::int32_t> begin(split.train.begin(), split.train.begin() + 8);
  EXPECT_THAT(begin, ElementsAre(9644, 25077, 36940, 49702, 2571, 29281, 40045, 3517));
  const std::vector<std::int32_t> end(split.train.end() - 4, split.train.end());
  EXPECT_THAT(end, ElementsAre(52416, 42613, 43567, 2732));
  EXPECT_EQ(hash_of(split.validation), "372d5d2ffbbd7666ebcd95cb1549f77249e4888959a5ff6adcf41f6d64494a16");
  EXPECT_EQ(hash_of(split.train), "341910b4ab55fd86981a1d018a3599ab6e7feb00baa5c3f97b4898acfa7de9af");
}

TEST(Split, ValidationIsASixthRoundedUp) {
  for (const auto& [rows, validation] : {std::pair{2, 1}, {6, 1}, {7, 2}, {12, 2}, {13, 3}}) {
    const TrainValidationSplit split = train_validation_split(rows);
    EXPECT_EQ(split.validation.size(), static_cast<std::size_t>(validation)) << rows;
    std::vector<std::int32_t> all = split.validation;
    all.insert(all.end(), split.train.begin(), split.train.end());
    std::sort(all.begin(), all.end());
    for (int i = 0; i < rows; ++i) EXPECT_EQ(all.at(static_cast<std::size_t>(i)), i) << rows;
  }
}

TEST(Split, TooFewRows) { EXPECT_THROW(train_validation_split(1), std::invalid_argument); }

TEST(NumpyPermutation, OneElement) { EXPECT_THAT(numpy_permutation(1, 0), ElementsAre(0)); }

}  // namespace
}  // namespace gpu_sweep
