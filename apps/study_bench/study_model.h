// The models of the study, by their number of hidden layers.
#pragma once

#include <vector>

#include "gpu_sweep/mlp_spec.h"

namespace gpu_sweep::bench {

inline constexpr int kModels = 5;

/// Returns model 0..4 of the study: hidden 256 [128 [64 [32 [16]]]], relu, dropout 0.2, Adam, batch 256.
inline ModelSpec study_model(int index) {
  static constexpr int kWidths[kModels] = {256, 128, 64, 32, 16};
  static constexpr const char* kNames[kModels] = {"original model", "one hidden layer", "two hidden layer",
                                                  "three hidden layer", "four hidden layer"};
  ModelSpec model;
  model.name = kNames[index];
  model.hidden.assign(kWidths, kWidths + index + 1);
  return model;
}

}  // namespace gpu_sweep::bench
