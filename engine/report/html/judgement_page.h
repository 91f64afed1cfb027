// The verdict on scores from elsewhere, as a page.
#pragma once

#include <string>

#include "engine/statistics/judge/judgement_words.h"

namespace gpu_sweep {

/// Returns one self-contained page without scripts. For each data set, and for other data sets if there is a
/// verdict on them, it shows the verdict, a picture of the best model's leads with their intervals, and the
/// tables of models and pairs. All text is escaped.
std::string judgement_page(const JudgedTable& table, const Judgements& judgements);

}  // namespace gpu_sweep
