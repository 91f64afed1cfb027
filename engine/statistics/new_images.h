// What the kept predictions say of images that nobody has seen: runs x images of the test split.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "engine/statistics/methods/two_way.h"
#include "engine/statistics/model_runs.h"

namespace gpu_sweep {

/// Returns the two-way analysis of the test answers of a minus those of b on their common seeds. `labels` [N]
/// are the true classes. Absent with fewer than two common seeds or two images, or if a run does not keep as
/// many predictions as there are labels.
std::optional<TwoWay> two_way_on_test(const ModelRuns& a, const ModelRuns& b,
                                      std::span<const std::uint8_t> labels);

}  // namespace gpu_sweep
