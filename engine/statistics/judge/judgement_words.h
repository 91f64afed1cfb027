// The verdict on scores from elsewhere in words: sentences, numbers and marks.
#pragma once

#include <optional>
#include <string>

#include "engine/statistics/judge/judge.h"

namespace gpu_sweep {

/// What was judged, for the first lines.
struct JudgedTable {
  std::string file;
  std::string score;  ///< name of the judged column or metric
  bool higher_is_better = true;
};

/// Returns the verdict in sentences that claim what the pairs' intervals show and no more. Plain text on one
/// line, not escaped. `family` is the number of pairs that are corrected for together.
std::string judgement_sentences(const Judgement& judgement, std::size_t family, bool higher_is_better);

/// Says that there is no verdict on other data sets. Empty if there is one, or with one data set only.
std::string no_other_data(const Judgements& judgements);

/// Returns how many decimals show the spread of the runs with two digits.
int judged_digits(const Judgement& judgement);

/// A pair's difference and interval as seen from its better model, so that the lead is not negative.
struct JudgedLead {
  std::size_t better = 0;  ///< index into the models
  std::size_t worse = 0;
  double lead = 0;
  std::optional<Interval> interval;
};
JudgedLead lead_of(const JudgedPair& pair, bool higher_is_better);

/// "10 runs", "5 and 20 runs", "8 data sets"
std::string judged_runs(const Judgement& judgement, const JudgedPair& pair);

/// "best mean", "not told from the best", "not chosen: failed too often", or "". "better than the best mean"
/// if that is told by the runs compared, such as those of the seeds that both models finished.
std::string judged_mark(const Judgement& judgement, std::size_t model, bool higher_is_better);

/// "0.0012 to 0.0034"; "any value" if infinite, "–" if absent.
std::string judged_interval(const std::optional<Interval>& interval, int digits);

}  // namespace gpu_sweep
