// The first steps of a sweep, on the device that is to train it and on the CPU.
#pragma once

#include <string>

#include "engine/data/dataset.h"
#include "engine/lane/lane.h"
#include "engine/train/group_spec.h"

namespace gpu_sweep {

/// How far the device is from the CPU lane in fp32 after three steps of two replicas of `group`'s shape, on
/// the first rows of `dataset`, each as a part of the CPU's: the mean loss of the steps, and by 2-norm the
/// last gradient and the weights. The largest over the replicas. The optimiser has its default settings: an
/// experiment may well ask for a learning rate with which no two devices agree.
struct FirstSteps {
  double loss = 0;
  double gradient = 0;
  double weights = 0;
  double allowed = 0;  ///< 1e-3 in fp32, 1e-2 in tf32, 3e-2 in bf16

  /// In tf32 and bf16 rounding alone moves single gradients further (relu's kinks): there loss and weights
  /// judge.
  bool judges_gradient = true;

  bool agree() const {
    return loss <= allowed && weights <= allowed && (!judges_gradient || gradient <= allowed);
  }
  std::string text() const;  ///< "loss 1.2e-06, gradient 3e-06, weights 1e-07, allowed 0.001"
};

FirstSteps compare_first_steps(Lane& lane, const Dataset& dataset, const GroupSpec& group);

}  // namespace gpu_sweep
