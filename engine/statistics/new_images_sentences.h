// What a study claims about new images, in words.
#pragma once

#include <span>
#include <string>

#include "engine/statistics/comparison.h"

namespace gpu_sweep {

/// Says whether `leader` is better on new images, too, than each model that it is better than on these
/// images; or why nothing is claimed. `beaten` are its comparisons with those models. `is_said` tells whether
/// the text before it has said that `leader` is better than each of them. Empty without `beaten`, or if they
/// have no `new_images`. Begins with a space.
std::string new_images_sentences(const std::string& leader, std::span<const Comparison* const> beaten,
                                 bool is_said);

}  // namespace gpu_sweep
