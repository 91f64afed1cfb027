// What a study claims about new images, in words.
#pragma once

#include <span>
#include <string>

#include "engine/statistics/comparison.h"

namespace gpu_sweep {

/// Says whether `leader` is better on new images, too, than each model that it is better than on these
/// images; or why nothing is claimed. `beaten` are its comparisons with those models. Empty without them, or
/// if they have no `new_images`. Begins with a space.
std::string new_images_sentences(const std::string& leader, std::span<const Comparison* const> beaten);

}  // namespace gpu_sweep
