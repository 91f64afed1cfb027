// The verdict on scores from elsewhere, as text and as JSON.
#pragma once

#include <nlohmann/json_fwd.hpp>
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

/// Returns, for each data set, the verdict, a table of models and one of pairs. Control characters are
/// escaped.
std::string judgement_text(const JudgedTable& table, const Judgements& judgements);

/// Returns the same as JSON. Infinite ends of intervals are null.
nlohmann::ordered_json judgement_json(const JudgedTable& table, const Judgements& judgements);

}  // namespace gpu_sweep
