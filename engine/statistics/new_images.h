// What the kept predictions of the test split say about new images from the same source.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "engine/statistics/methods/two_way.h"
#include "engine/statistics/model_runs.h"

namespace gpu_sweep {

/// Returns the two-way analysis, by runs and test images, of a's answers minus b's on their common seeds (1
/// for a right answer, 0 for a wrong one). `labels` [N] are the true classes. Absent with fewer than two
/// common seeds or two images, or if a run does not keep as many predictions as there are labels.
std::optional<TwoWay> two_way_on_test(const ModelRuns& a, const ModelRuns& b,
                                      std::span<const std::uint8_t> labels);

}  // namespace gpu_sweep
