// The verdict of `gpu_sweep judge` on scores of runs, whatever program trained them, as text and as JSON.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "engine/statistics/judge/judge.h"
#include "engine/statistics/judge/judgement_words.h"

namespace gpu_sweep {

/// Returns, for each data set, the verdict, a table of models and one of pairs, and then the same for data
/// sets that are not in the table (Judgements::other_data), if there is such a verdict. Control characters
/// are escaped.
std::string judgement_text(const JudgedTable& table, const Judgements& judgements);

/// Returns the content of judgement_text as JSON. Infinite ends of intervals are null.
nlohmann::ordered_json judgement_json(const JudgedTable& table, const Judgements& judgements);

}  // namespace gpu_sweep
