#include "engine/statistics/pair_sentences.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "engine/experiment/hyper_parameters.h"
#include "engine/statistics/methods/distributions.h"
#include "engine/statistics/wording.h"

namespace gpu_sweep {

std::string quoted_list(const std::vector<std::string>& names) {
  constexpr std::size_t kMost = 4;
  const std::size_t shown = names.size() <= kMost ? names.size() : kMost - 1;
  std::string text;
  for (std::size_t i = 0; i < shown; ++i) {
    const bool last = i + 1 == names.size();
    text += (i == 0 ? "" : last ? " and " : ", ") + quoted(names[i]);
  }
  if (shown < names.size()) {
    text += fmt::format(" and {} more", with_thousands(static_cast<long long>(names.size() - shown)));
  }
  return text;
}

std::string differ_by_less(const std::string& name, const std::vector<std::string>& others,
                           const std::string& limit) {
  return others.size() == 1
             ? fmt::format("{} and {} differ by less than {}", quoted(name), quoted(others.front()), limit)
             : fmt::format("{} differs from each of {} by less than {}", quoted(name), quoted_list(others),
                           limit);
}

std::string runs_of_each(std::span<const Comparison> comparisons) {
  int fewest = comparisons.front().n;
  int most = fewest;
  for (const Comparison& each : comparisons) {
    fewest = std::min(fewest, each.n);
    most = std::max(most, each.n);
  }
  const std::string count = counted(static_cast<std::size_t>(most), "run");
  return fewest == most ? count : with_thousands(fewest) + " to " + count;
}

const std::string& leader_of(const Comparison& comparison) {
  return comparison.mean_difference >= 0 ? comparison.a : comparison.b;
}

const std::string& rival_of(const Comparison& comparison, const std::string& leader) {
  return comparison.a == leader ? comparison.b : comparison.a;
}

Interval seen_from(const Comparison& comparison, const std::string& leader, const Interval& found) {
  return comparison.a == leader ? found : Interval{-found.high, -found.low};
}

double seen_from(const Comparison& comparison, const std::string& leader, double difference) {
  return comparison.a == leader ? difference : -difference;
}

double lead_of(const Comparison& comparison, const std::string& leader) {
  return seen_from(comparison, leader, comparison.mean_difference);
}

std::string lead(const Comparison& comparison, const std::string& leader) {
  std::string corrected = comparison.family == 1 ? "" : ", " + counted(comparison.family, "pair");
  if (comparison.looks == Looks::kAfterEach)
    corrected += corrected.empty() ? ", every look" : " and every look";
  if (!corrected.empty()) corrected += " corrected";
  return fmt::format("{} points ({}; {}{})", points(lead_of(comparison, leader)),
                     points_range(seen_from(comparison, leader, comparison.interval)),
                     counted(static_cast<std::size_t>(comparison.n), "seed"), corrected);
}

std::string smallest_text(const AnalysisSettings& settings) {
  const double smallest = settings.smallest_difference.value();
  return number_text(smallest) + (smallest == 1 ? " point" : " points");
}

std::string limit_text(const AnalysisSettings& settings) {
  return fmt::format("{}, the limit set {} the runs", smallest_text(settings),
                     settings.stated_after_runs ? "after" : "before");
}

std::optional<int> runs_to_show(const Comparison& comparison, double smallest) {
  if (!comparison.deviation || *comparison.deviation <= 0) return std::nullopt;
  const auto family = static_cast<double>(comparison.family);
  const double z = normal_quantile(1 - (1 - kConfidence) / 2 / family) + normal_quantile(0.8);
  const double runs = std::ceil(std::pow(z * *comparison.deviation / smallest, 2));
  return runs > 1e9 ? std::nullopt
                    : std::optional(std::max(static_cast<int>(runs), fewest_runs(comparison.family)));
}

std::optional<int> runs_to_show(const Comparison& comparison, const AnalysisSettings& settings) {
  // If training sets overlap, more runs cannot make the interval arbitrarily narrow, so no number is given.
  if (!settings.smallest_difference || comparison.looks != Looks::kOnce || comparison.test_to_train > 0)
    return std::nullopt;
  const std::optional<int> runs = runs_to_show(comparison, *settings.smallest_difference / 100);
  return runs && *runs > comparison.n ? runs : std::nullopt;
}

std::string runs_clause(const Comparison& comparison, const AnalysisSettings& settings) {
  const std::optional<int> runs = runs_to_show(comparison, settings);
  if (!runs) return "";
  return fmt::format("; about {} of each would show {}", counted(static_cast<std::size_t>(*runs), "run"),
                     smallest_text(settings));
}

std::string pair_sentence(const Comparison& comparison, const AnalysisSettings& settings) {
  const std::string& leader = leader_of(comparison);
  const std::string& other = rival_of(comparison, leader);
  if (comparison.told) {
    return fmt::format("{} is better than {} on these images by {}{}.", quoted(leader), quoted(other),
                       lead(comparison, leader),
                       comparison.same() ? ", which is less than " + limit_text(settings) : "");
  }
  if (comparison.same()) {
    return fmt::format("{} and {} differ by less than {} ({}).", quoted(leader), quoted(other),
                       limit_text(settings),
                       points_range(seen_from(comparison, leader, comparison.equivalence->interval)));
  }
  const Interval range = seen_from(comparison, leader, comparison.interval);
  return fmt::format(
      "These runs do not say which of {} and {} is better: the difference lies between {} and "
      "{} points{}.",
      quoted(leader), quoted(other), points(range.low), points(range.high),
      runs_clause(comparison, settings));
}

}  // namespace gpu_sweep
