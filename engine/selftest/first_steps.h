// Compares three steps of a group, run on the device that will train it, with the same steps on the CPU lane
// in fp32.
#pragma once

#include <string>
#include <vector>

#include "engine/lane/lane.h"
#include "engine/selftest/margin.h"
#include "gpu_sweep/dataset.h"
#include "gpu_sweep/group_spec.h"

namespace gpu_sweep {

/// How far the device is from the CPU after three steps of a smooth trial of the group (smooth_trial_of): in
/// the mean loss and, by 2-norm, in the last gradient and in the weights. Each distance is relative to the
/// CPU's value, and is the largest among the group's replicas. The CPU trains each of the two seeds once.
struct FirstSteps {
  double loss = 0;
  double gradient = 0;
  double weights = 0;

  /// The largest distance allowed: 2e-5 in fp32, 1e-2 in tf32, 3e-2 in bf16. The largest distances seen were
  /// 4.8e-7, 2.1e-3 and 7.3e-3 for a correct device (computed with correct variants of the products on a
  /// CPU), 4.6e-4 for a single fp32 product that rounds its inputs to TF32, and at least 0.25 for a wrong
  /// gradient.
  double allowed = 0;

  /// Number of replicas whose results differ from those of the first replica with the same seed. Not an error
  /// by itself: a library may sum products in a different order for each replica. judge_operations finds
  /// differences that must not occur.
  int unlike = 0;

  bool agree() const { return loss <= allowed && gradient <= allowed && weights <= allowed; }
  std::string text() const;  ///< "loss 1.2e-06, gradient 3e-06, weights 1e-07, allowed 2e-05"
  std::vector<Margin> margins() const;
};

/// Trains three steps of a smooth trial of `group`, which must have at least one run, on `lane` and on the
/// CPU, and compares them. Throws OutOfMemory and the lane's other errors.
FirstSteps compare_first_steps(Lane& lane, const Dataset& dataset, const GroupSpec& group);

}  // namespace gpu_sweep
