// The verdict of `gpu_sweep judge` on scores of runs, whatever program trained them, as a page.
#pragma once

#include <string>

#include "engine/statistics/judge/judgement_words.h"
#include "engine/store/files/own_file.h"

namespace gpu_sweep {

/// Returns one self-contained page without scripts. For each data set, it shows the verdict, a picture of the
/// best model's leads with their intervals, and the tables of models and pairs. The verdict on data sets that
/// are not in the table (Judgements::other_data), if there is one, follows in the same form. All text is
/// escaped.
std::string judgement_page(const JudgedTable& table, const Judgements& judgements);

/// How to recognize such a page. The mark is the end of the title.
inline constexpr FileKind kJudgementKind = {"page of gpu_sweep judge", "<!DOCTYPE html>",
                                            " – gpu_sweep judge</title>", 1 << 16, "another name"};

}  // namespace gpu_sweep
