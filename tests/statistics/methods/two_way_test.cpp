#include "engine/statistics/methods/two_way.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

#include "tests/statistics/reference_data.h"

namespace gpu_sweep {
namespace {

using Table = std::vector<std::vector<int>>;  // [runs][images], 1 if right

std::vector<std::uint8_t> packed(const Table& table) {
  const std::size_t row = (table[0].size() + 7) / 8;
  std::vector<std::uint8_t> bytes(table.size() * row);
  for (std::size_t i = 0; i < table.size(); ++i) {
    for (std::size_t j = 0; j < table[i].size(); ++j) {
      bytes[i * row + j / 8] |= static_cast<std::uint8_t>(table[i][j] << (j % 8));
    }
  }
  return bytes;
}

TwoWay analysis(const Table& a, const Table& b) {
  const auto answers = [](const Table& table) {
    return RightAnswers(packed(table), static_cast<int>(table.size()), static_cast<int>(table[0].size()));
  };
  return two_way(answers(a), answers(b));
}

Table random_table(std::mt19937_64& random, int runs, int images, double right) {
  std::bernoulli_distribution draw(right);
  Table table(static_cast<std::size_t>(runs), std::vector<int>(static_cast<std::size_t>(images)));
  for (auto& row : table) {
    for (int& cell : row) cell = draw(random) ? 1 : 0;
  }
  return table;
}

TEST(TwoWay, EqualsTheTextbookSums) {
  std::mt19937_64 random(1);
  const int R = 6;
  const int N = 43;  // not a multiple of 8
  Table a = random_table(random, R, N, 0.7);
  Table b = random_table(random, R, N, 0.5);
  for (std::size_t i = 0; i < R; ++i) {  // some images are hard for one model, and one seed is better
    for (std::size_t j = 0; j < 5; ++j) b[i][j] = 0;
    for (std::size_t j = 5; j < 8; ++j) a[i][j] = 0;
    if (i == 2) b[i] = std::vector<int>(N, 1);
  }
  // Computes every mean square by its definition, from the differences d(i, j) and their marginal means.
  double mean = 0;
  std::vector<double> of_run(R), of_image(N);
  const auto d = [&](int i, int j) {
    return a[static_cast<std::size_t>(i)][static_cast<std::size_t>(j)] -
           b[static_cast<std::size_t>(i)][static_cast<std::size_t>(j)];
  };
  for (int i = 0; i < R; ++i) {
    for (int j = 0; j < N; ++j) {
      mean += d(i, j) / double(R * N);
      of_run[static_cast<std::size_t>(i)] += d(i, j) / double(N);
      of_image[static_cast<std::size_t>(j)] += d(i, j) / double(R);
    }
  }
  double seeds = 0, images = 0, rest = 0;
  int differing = 0;
  for (int i = 0; i < R; ++i) seeds += N * std::pow(of_run[static_cast<std::size_t>(i)] - mean, 2) / (R - 1);
  for (int j = 0; j < N; ++j) {
    images += R * std::pow(of_image[static_cast<std::size_t>(j)] - mean, 2) / (N - 1);
    differing += std::abs(of_image[static_cast<std::size_t>(j)]) > 1e-9 ? 1 : 0;
    for (int i = 0; i < R; ++i) {
      rest += std::pow(d(i, j) - of_run[static_cast<std::size_t>(i)] - of_image[static_cast<std::size_t>(j)] +
                           mean,
                       2) /
              ((R - 1) * (N - 1));
    }
  }
  const TwoWay found = analysis(a, b);
  EXPECT_EQ(found.differing_images, differing);
  EXPECT_NEAR(found.components.rest, rest, 1e-12);
  EXPECT_NEAR(found.components.seeds, (seeds - rest) / N, 1e-12);
  EXPECT_NEAR(found.components.images, (images - rest) / R, 1e-12);
  EXPECT_NEAR(found.on_these_images.mean, mean, 1e-12);
  EXPECT_NEAR(found.on_these_images.standard_error, std::sqrt(seeds / (R * N)), 1e-12);
  EXPECT_EQ(found.on_these_images.degrees, R - 1);
  const double both = seeds + images - rest;
  ASSERT_GT(both, std::max(seeds, images)) << "the ordinary case, seed 1";
  EXPECT_NEAR(found.on_new_images.standard_error, std::sqrt(both / (R * N)), 1e-12);
  EXPECT_NEAR(
      found.on_new_images.degrees,
      both * both / (seeds * seeds / (R - 1) + images * images / (N - 1) + rest * rest / ((R - 1) * (N - 1))),
      1e-9);
}

/// Reads a table whose rows are strings of 0 and 1.
Table table_of(const nlohmann::json& rows) {
  Table table;
  for (const auto& row : rows.get<std::vector<std::string>>()) {
    std::vector<int>& cells = table.emplace_back();
    for (const char digit : row) cells.push_back(digit - '0');
  }
  return table;
}

TEST(TwoWay, EqualsStatsmodels) {
  for (const auto& expected : reference("two_way")) {
    const TwoWay found = analysis(table_of(expected.at("a")), table_of(expected.at("b")));
    EXPECT_AS_SCIPY(found.components.seeds, expected.at("components").at(0));
    EXPECT_AS_SCIPY(found.components.images, expected.at("components").at(1));
    EXPECT_AS_SCIPY(found.components.rest, expected.at("components").at(2));
    EXPECT_AS_SCIPY(found.on_these_images.standard_error, expected.at("seeds_error"));
    EXPECT_AS_SCIPY(found.on_these_images.interval().low, expected.at("seeds_interval").at(0));
    EXPECT_AS_SCIPY(found.on_these_images.interval().high, expected.at("seeds_interval").at(1));
    EXPECT_AS_SCIPY(found.on_new_images.standard_error, expected.at("error"));
    EXPECT_AS_SCIPY(found.on_new_images.degrees, expected.at("degrees"));
    EXPECT_AS_SCIPY(found.on_new_images.interval().low, expected.at("interval").at(0));
    EXPECT_AS_SCIPY(found.on_new_images.interval().high, expected.at("interval").at(1));
  }
}

TEST(TwoWay, SeedNoiseWithoutImagesThatDiffer) {
  // Each run of b is wrong on one image, and on a different image each time, so that the errors show no image
  // that is hard for all runs.
  Table a(4, std::vector<int>(40, 1));
  Table b = a;
  for (std::size_t i = 0; i < 4; ++i) b[i][i] = 0;
  const TwoWay found = analysis(a, b);
  EXPECT_EQ(found.differing_images, 4);
  EXPECT_FALSE(found.enough_images());
  EXPECT_NEAR(found.on_these_images.mean, 1.0 / 40, 1e-12);
  EXPECT_EQ(found.on_these_images.standard_error, 0) << "every run differs by one image";
  EXPECT_GT(found.on_new_images.standard_error, 0);
}

TEST(TwoWay, EqualModelsHaveNoDifference) {
  std::mt19937_64 random(2);
  const Table a = random_table(random, 3, 16, 0.5);
  const TwoWay found = analysis(a, a);
  EXPECT_EQ(found.differing_images, 0);
  EXPECT_EQ(found.on_new_images.mean, 0);
  EXPECT_EQ(found.on_new_images.p(), 1);
}

TEST(TwoWay, RefusesUnequalShapes) {
  std::mt19937_64 random(3);
  EXPECT_THROW(analysis(random_table(random, 3, 16, 0.5), random_table(random, 4, 16, 0.5)),
               std::invalid_argument);
  EXPECT_THROW(analysis(random_table(random, 1, 16, 0.5), random_table(random, 1, 16, 0.5)),
               std::invalid_argument);
}

}  // namespace
}  // namespace gpu_sweep
