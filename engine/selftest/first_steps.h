// Three steps of a group on the device that is to train it, held against the CPU lane in fp32.
#pragma once

#include <string>
#include <vector>

#include "engine/data/dataset.h"
#include "engine/lane/lane.h"
#include "engine/selftest/margin.h"
#include "engine/train/group_spec.h"

namespace gpu_sweep {

/// How far the device is from the CPU after three steps of a smooth trial of the group (smooth_trial_of): the
/// mean loss of the steps, and by 2-norm the last gradient and the weights, each as a part of the CPU's and
/// the largest over the group's replicas. The CPU trains the two seeds once.
struct FirstSteps {
  double loss = 0;
  double gradient = 0;
  double weights = 0;

  /// 2e-5 in fp32, 1e-2 in tf32, 3e-2 in bf16. An honest device was seen to be off by 4.8e-7, 2.1e-3
  /// and 7.3e-3 at most (computed by honest variants of the products on a CPU), a single fp32 product that
  /// rounds its inputs to TF32 by 4.6e-4, and a wrong gradient by 0.25 or more.
  double allowed = 0;

  /// Replicas with other bits than the first one of the same seed. No fault by itself: a library may sum
  /// another replica's product in another order. What must not differ, judge_operations finds.
  int unlike = 0;

  bool agree() const { return loss <= allowed && gradient <= allowed && weights <= allowed; }
  std::string text() const;  ///< "loss 1.2e-06, gradient 3e-06, weights 1e-07, allowed 2e-05"
  std::vector<Margin> margins() const;
};

/// `group` has at least one run. Throws OutOfMemory, and what the lane throws.
FirstSteps compare_first_steps(Lane& lane, const Dataset& dataset, const GroupSpec& group);

}  // namespace gpu_sweep
