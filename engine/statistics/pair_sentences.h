// What the runs say about one pair of models, and other phrases of a report's headline.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/statistics/comparison.h"
#include "gpu_sweep/experiment.h"

namespace gpu_sweep {

/// "“a”", "“a” and “b”", "“a”, “b”, “c” and 2 more".
std::string quoted_list(const std::vector<std::string>& names);

/// "“a” and “b” differ by less than 0.1 points", "“a” differs from each of “b” and “c” by less than 0.1
/// points"
std::string differ_by_less(const std::string& name, const std::vector<std::string>& others,
                           const std::string& limit);

/// "12 runs", or "10 to 12 runs" if pairs differ.
std::string runs_of_each(std::span<const Comparison> comparisons);

/// Returns the name of the model with the higher mean on equal seeds.
const std::string& leader_of(const Comparison& comparison);

/// Returns the name of the model of the pair that is not `leader`.
const std::string& rival_of(const Comparison& comparison, const std::string& leader);

/// `found` is an interval of the difference a - b. Returns the interval of the difference between `leader`,
/// which is one of the two models, and the other model.
Interval seen_from(const Comparison& comparison, const std::string& leader, const Interval& found);
double seen_from(const Comparison& comparison, const std::string& leader, double difference);

/// Returns by how much `leader`, which is one of the two models, is ahead of the other one.
double lead_of(const Comparison& comparison, const std::string& leader);

/// "0.93 points (0.89 to 0.97; 8 seeds, 3 pairs corrected)"
std::string lead(const Comparison& comparison, const std::string& leader);

/// "0.1 points", "1 point". settings.smallest_difference must be set.
std::string smallest_text(const AnalysisSettings& settings);

/// "0.1 points, the limit set before the runs". settings.smallest_difference must be set.
std::string limit_text(const AnalysisSettings& settings);

/// The sentence about a pair: "... is better than ...", "... differ by less than ...", or that these runs do
/// not show which model is better, and how many runs would.
std::string pair_sentence(const Comparison& comparison, const AnalysisSettings& settings);

/// Returns the approximate number of runs per model that find a true difference of `smallest` between
/// accuracies in four of five experiments. By the normal approximation this number is
/// n = (z + 0.84)^2 (s / smallest)^2, where z is the normal quantile of the first step of Holm's correction,
/// 0.84 is that of the power 0.8, and s is the standard deviation of the differences of this pair. The result
/// is at least the number of runs with which the pair can be told apart at all. Absent if the standard
/// deviation is absent or 0, or if the number is above 1e9.
std::optional<int> runs_to_show(const Comparison& comparison, double smallest);

/// Returns the runs_to_show of the smallest difference of `settings`. Absent if none is stated, if there is
/// no such number, if the pair already has as many runs, if p counts every look, or if every seed has its own
/// validation rows.
std::optional<int> runs_to_show(const Comparison& comparison, const AnalysisSettings& settings);

/// "; about 240 runs of each would show 0.1 points", or "" if runs_to_show is absent.
std::string runs_clause(const Comparison& comparison, const AnalysisSettings& settings);

}  // namespace gpu_sweep
