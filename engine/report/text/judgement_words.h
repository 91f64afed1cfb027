// Numbers and names of a verdict on scores from elsewhere.
#pragma once

#include <string>

#include "engine/statistics/judge/judge.h"

namespace gpu_sweep {

/// Returns how many decimals show the spread of the runs with two digits.
int judged_digits(const Judgement& judgement);

/// Returns a pair's difference and interval as seen from its better model: a lead above 0.
struct JudgedLead {
  std::size_t better = 0;  ///< index into the models
  std::size_t worse = 0;
  double lead = 0;
  std::optional<Interval> interval;
};
JudgedLead lead_of(const JudgedPair& pair, bool higher_is_better);

/// "10 runs", "5 and 20 runs", "8 data sets"
std::string judged_runs(const Judgement& judgement, const JudgedPair& pair);

/// "0.0012 to 0.0034"; "any value" if infinite, "–" if absent.
std::string judged_interval(const std::optional<Interval>& interval, int digits);

}  // namespace gpu_sweep
