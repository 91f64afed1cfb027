// The words of a verdict on scores that any program computed: sentences, numbers and marks.
#pragma once

#include <optional>
#include <string>

#include "engine/statistics/judge/judge.h"

namespace gpu_sweep {

/// What was judged, for the first lines of a verdict.
struct JudgedTable {
  std::string file;
  std::string score;  ///< name of the judged column or metric
  bool higher_is_better = true;
};

/// Returns the verdict in sentences, which also say which models left a race. The result is plain text on one
/// line and is not escaped. `family` is the number of pairs that the correction covers.
std::string judgement_sentences(const Judgement& judgement, std::size_t family, bool higher_is_better);

/// Says that there is no verdict on data sets other than the judged ones (Judgements::other_data), or names
/// the models left out of it. Empty if all models take part in it, or if there is only one data set.
std::string other_data_note(const Judgements& judgements);

/// "“a”", "“a” and “b”", "“a”, “b”, “c”, “d”, “e” and 2 more"
std::string named_models(const std::vector<std::string>& names);

/// Returns the number of decimals with which the smallest standard deviation above 0 of a model has two
/// significant digits: 0 to 9, or 4 if there is no such deviation.
int judged_digits(const Judgement& judgement);

/// The difference and the interval of a pair with the sign for which the better model's lead is positive or
/// zero.
struct JudgedLead {
  std::size_t better = 0;  ///< index into the models
  std::size_t worse = 0;
  double lead = 0;
  std::optional<Interval> interval;
};
JudgedLead lead_of(const JudgedPair& pair, bool higher_is_better);

/// "10 runs", "5 and 20 runs", "8 data sets"
std::string judged_runs(const Judgement& judgement, const JudgedPair& pair);

/// "10 runs", or "5 to 20 runs" if the pairs differ.
std::string judged_runs_of_pairs(const Judgement& judgement);

/// Returns the remark on a model: "best mean", "the same as the best" (within the smallest difference), "not
/// told from the best", "not chosen: failed too often", "left the race after 4 seeds", or "". The remark is
/// "better than the best mean" if the compared runs show that, for example the runs on the seeds that both
/// models finished.
std::string judged_mark(const Judgement& judgement, std::size_t model, bool higher_is_better);

/// "told", "the same", "told, the same", or "".
std::string judged_pair_mark(const JudgedPair& pair);

/// "0.0012 to 0.0034"; "any value" if infinite, "–" if absent.
std::string judged_interval(const std::optional<Interval>& interval, int digits);

}  // namespace gpu_sweep
