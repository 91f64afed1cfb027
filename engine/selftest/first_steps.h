// Compares the first three steps of a group on the device that will train it with the same steps on the CPU
// lane in fp32.
#pragma once

#include <string>
#include <vector>

#include "engine/lane/lane.h"
#include "engine/selftest/margin.h"
#include "gpu_sweep/dataset.h"
#include "gpu_sweep/group_spec.h"

namespace gpu_sweep {

/// How far the results of the device are from those of the CPU after three steps of a smooth trial of the
/// group (smooth_trial_of). There are three distances: of the mean loss and, by 2-norm, of the last gradient
/// and of the weights. Each is relative to the CPU's value, and is the largest one among the group's
/// replicas. The replicas have at most two seeds, so the CPU trains at most two runs.
struct FirstSteps {
  double loss = 0;
  double gradient = 0;
  double weights = 0;

  /// The largest distance that passes: 2e-5 in fp32, 1e-2 in tf32 and 3e-2 in bf16.
  /// On a correct device (simulated by correct variants of the products on a CPU), the largest distances seen
  /// were 4.8e-7 in fp32, 2.1e-3 in tf32 and 7.3e-3 in bf16. With one fp32 product that rounds its inputs to
  /// TF32, it was 4.6e-4; with a wrong gradient, at least 0.25.
  double allowed = 0;

  /// Number of replicas whose results differ from those of the first replica with the same seed. This is not
  /// an error by itself, because a library may sum products in a different order for each replica.
  /// Differences that must not occur are found by judge_operations.
  int unlike = 0;

  bool agree() const { return loss <= allowed && gradient <= allowed && weights <= allowed; }
  std::string text() const;  ///< "loss 1.2e-06, gradient 3e-06, weights 1e-07, allowed 2e-05"
  std::vector<Margin> margins() const;
};

/// Trains three steps of a smooth trial of `group` on `lane` and on the CPU, and compares them. `group` must
/// have at least one run. Throws OutOfMemory and the other errors of the lane.
FirstSteps compare_first_steps(Lane& lane, const Dataset& dataset, const GroupSpec& group);

}  // namespace gpu_sweep
