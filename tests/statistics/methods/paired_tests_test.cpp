#include <cmath>

#include "engine/statistics/methods/equal_spread.h"
#include "engine/statistics/methods/failures.h"
#include "engine/statistics/methods/holm.h"
#include "engine/statistics/methods/proportion.h"
#include "engine/statistics/methods/resample.h"
#include "engine/statistics/methods/wilcoxon.h"
#include "tests/statistics/reference_data.h"

namespace gpu_sweep {
namespace {

TEST(Wilcoxon, EqualsScipy) {
  for (const auto& expected : reference("wilcoxon")) {
    const WilcoxonResult found = wilcoxon_signed_rank(numbers(expected.at("differences")));
    EXPECT_EQ(found.exact, expected.at("exact").get<bool>());
    EXPECT_AS_SCIPY(found.statistic, expected.at("statistic"));
    EXPECT_AS_SCIPY(found.p, expected.at("p"));
  }
}

TEST(Wilcoxon, NoDifferenceAtAll) { EXPECT_EQ(wilcoxon_signed_rank(std::vector<double>(8, 0.0)).p, 1); }

TEST(Wilcoxon, AllOneSideOfSixIsTwoIn64) {
  EXPECT_EQ(wilcoxon_signed_rank(std::vector<double>{1, 2, 3, 4, 5, 6}).p, 2.0 / 64);
}

TEST(Wilcoxon, TiesOfAccuraciesAreTies) {
  // The numbers of right answers of two models on 10,000 images. Differences of these counts have ties, which
  // rounding breaks in the differences of the accuracies.
  const std::vector<double> first = {8931, 8948, 8969, 8913, 8973, 8931, 8901, 8993};
  const std::vector<double> second = {8938, 8934, 8962, 8920, 8959, 8938, 8915, 9000};
  std::vector<double> counts, accuracies;
  for (std::size_t i = 0; i < first.size(); ++i) {
    counts.push_back(first[i] - second[i]);
    accuracies.push_back(first[i] / 10'000 - second[i] / 10'000);
  }
  const WilcoxonResult expected = wilcoxon_signed_rank(counts);
  const WilcoxonResult found = wilcoxon_signed_rank(accuracies);
  EXPECT_EQ(found.statistic, expected.statistic);
  EXPECT_EQ(found.p, expected.p);
}

TEST(Wilcoxon, TiesDoNotWeakenAClearResult) {
  EXPECT_EQ(wilcoxon_signed_rank(std::vector<double>(9, 1.0)).p, 2.0 / 512);
  EXPECT_EQ(wilcoxon_signed_rank(std::vector<double>{0, 1, 1, 2, 3, 3, 4}).p, 2.0 / 64)
      << "zeros have no sign";
}

TEST(Wilcoxon, NamesTheSideOfTheGreaterRankSum) {
  EXPECT_EQ(wilcoxon_signed_rank(std::vector<double>{1, 2, 3, -40}).side, 1);
  EXPECT_EQ(wilcoxon_signed_rank(std::vector<double>{-1, -2, -3, 40}).side, -1);
  EXPECT_EQ(wilcoxon_signed_rank(std::vector<double>{-1, 1}).side, 0);
}

TEST(Holm, WorkedExample) {
  const std::vector<double> adjusted = holm_adjusted(std::vector<double>{0.01, 0.04, 0.03, 0.005});
  const std::vector<double> expected = {0.03, 0.06, 0.06, 0.02};
  for (std::size_t i = 0; i < expected.size(); ++i) EXPECT_DOUBLE_EQ(adjusted[i], expected[i]) << i;
}

TEST(Holm, EqualsStatsmodels) {
  for (const auto& expected : reference("holm")) {
    const std::vector<double> found = holm_adjusted(numbers(expected.at("p")));
    ASSERT_EQ(found.size(), expected.at("adjusted").size());
    for (std::size_t i = 0; i < found.size(); ++i)
      EXPECT_AS_SCIPY(found[i], expected.at("adjusted").at(i)) << i;
  }
}

TEST(Holm, NeverAboveOne) {
  EXPECT_EQ(holm_adjusted(std::vector<double>{0.9, 0.8}), (std::vector<double>{1, 1}));
}

TEST(Wilson, EqualsScipy) {
  for (const auto& expected : reference("wilson")) {
    const Interval found = wilson_interval(expected.at("successes"), expected.at("trials"));
    EXPECT_AS_SCIPY(found.low, expected.at("interval").at(0));
    EXPECT_AS_SCIPY(found.high, expected.at("interval").at(1));
  }
}

TEST(EqualSpread, EqualsScipy) {
  for (const auto& expected : reference("equal_spread")) {
    EXPECT_AS_SCIPY(equal_spread_p(numbers(expected.at("a")), numbers(expected.at("b"))), expected.at("p"));
  }
}

TEST(EqualSpread, OverSplitsEqualsScipy) {
  for (const auto& expected : reference("equal_spread_over_splits")) {
    EXPECT_AS_SCIPY(equal_spread_p(numbers(expected.at("a")), numbers(expected.at("b")),
                                   expected.at("test_to_train").get<double>()),
                    expected.at("p"));
  }
}

TEST(EqualSpread, ConstantDistancesTellNothing) {
  EXPECT_EQ(equal_spread_p(std::vector<double>{1, 2, 1, 2}, std::vector<double>{1, 3, 1, 3}), 1);
}

TEST(ClopperPearson, EqualsScipy) {
  for (const auto& expected : reference("clopper_pearson")) {
    const Interval found = clopper_pearson_interval(expected.at("events"), expected.at("trials"));
    EXPECT_AS_SCIPY(found.low, expected.at("interval").at(0));
    EXPECT_AS_SCIPY(found.high, expected.at("interval").at(1));
    EXPECT_AS_SCIPY(clopper_pearson_upper(expected.at("events"), expected.at("trials")),
                    expected.at("upper"));
  }
  EXPECT_NEAR(clopper_pearson_upper(0, 5), 0.4507, 1e-4);
}

TEST(AnytimeShare, EqualsScipy) {
  for (const auto& expected : reference("anytime_share")) {
    const Interval found = anytime_share_interval(expected.at("events"), expected.at("trials"));
    EXPECT_AS_SCIPY(found.low, expected.at("interval").at(0));
    EXPECT_AS_SCIPY(found.high, expected.at("interval").at(1));
  }
}

TEST(McNemar, EqualsScipy) {
  for (const auto& expected : reference("mcnemar")) {
    EXPECT_AS_SCIPY(mcnemar_p(expected.at("first"), expected.at("second")), expected.at("p"));
  }
  EXPECT_EQ(mcnemar_p(0, 0), 1);
}

TEST(RandomSequence, CoversItsRangeEvenly) {
  RandomSequence random(3, 9);
  std::vector<int> counts(7);
  for (int i = 0; i < 70'000; ++i) ++counts[random.below(7)];
  for (const int count : counts) EXPECT_NEAR(count, 10'000, 4 * std::sqrt(10'000 * 6.0 / 7)) << "seed 3";
}

}  // namespace
}  // namespace gpu_sweep
