// The verdict on scores from elsewhere, as a page.
#pragma once

#include <string>

#include "engine/statistics/judge/judgement_words.h"

namespace gpu_sweep {

/// Returns one self-contained page without scripts: for each data set the verdict, the intervals of the pairs
/// with the best model as a picture, and both tables. All text is escaped.
std::string judgement_page(const JudgedTable& table, const Judgements& judgements);

}  // namespace gpu_sweep
