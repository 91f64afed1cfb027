// The Philox generator, compared with its published known answers, and the numbering of its words in this
// project.
#include "kernels/common/philox.h"

#include <gtest/gtest.h>

#include <vector>

#include "kernels/common/philox_cpu.h"
#include "reference/philox.h"

namespace gpu_sweep::test {
namespace {

TEST(PhiloxTest, ReferenceGivesThePublishedKnownAnswers) {
  EXPECT_EQ(reference::philox({0, 0, 0, 0}, {0, 0}),
            (reference::PhiloxWords{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}));
  EXPECT_EQ(reference::philox({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, {0xa4093822, 0x299f31d0}),
            (reference::PhiloxWords{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}));
}

TEST(PhiloxTest, WordsAreNumberedByPurposeLayerStepAndElement) {
  for (const std::uint64_t seed : {0ull, 1ull, 0x1234'5678'9abc'def0ull, ~0ull}) {
    for (const std::uint32_t element : {0u, 1u, 3u, 4u, 201'087u}) {
      for (const auto purpose : {Purpose::kInitialize, Purpose::kShuffle, Purpose::kDropout}) {
        EXPECT_EQ(philox_word(seed, purpose, 3, 70'000, element),
                  reference::random_word(seed, static_cast<std::uint32_t>(purpose), 3, 70'000, element))
            << "seed " << seed << " element " << element;
      }
    }
  }
}

/// A tile of words may start and end anywhere within a quad (four words, philox.h), and anywhere within the
/// quads that are computed together.
TEST(PhiloxTest, ATileOfWordsEqualsSingleWords) {
  std::vector<std::uint32_t> words(cpu::kPhiloxTile);
  for (const std::uint32_t first : {0u, 1u, 255u, 256u, 4'294'966'000u}) {
    for (const int count : {1, 2, 255, 256, 257, 1023, cpu::kPhiloxTile}) {
      cpu::philox_words(0xfedc'ba98'7654'3210ull, Purpose::kDropout, 0x8000'0001u, 0xffff'fffeu, first, count,
                        words.data());
      for (int i = 0; i < count; ++i) {
        ASSERT_EQ(words[static_cast<std::size_t>(i)],
                  philox_word(0xfedc'ba98'7654'3210ull, Purpose::kDropout, 0x8000'0001u, 0xffff'fffeu,
                              first + static_cast<std::uint32_t>(i)))
            << "word " << i << " of " << count << " from " << first;
      }
    }
  }
}

TEST(PhiloxTest, UniformIsTheTop24Bits) {
  EXPECT_EQ(uniform(0), 0.0f);
  EXPECT_EQ(uniform(0xff), 0.0f);
  EXPECT_EQ(uniform(0x100), 0x1p-24f);
  EXPECT_EQ(uniform(0x8000'0000), 0.5f);
  EXPECT_EQ(uniform(0xffff'ffff), 1.0f - 0x1p-24f);
}

}  // namespace
}  // namespace gpu_sweep::test
