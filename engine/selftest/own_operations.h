// The operations of a group's own step, one by one, on the device that is to train it.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "engine/data/dataset.h"
#include "engine/lane/lane.h"
#include "engine/selftest/margin.h"
#include "engine/train/group_spec.h"

namespace gpu_sweep {

struct OwnOperations {
  std::string complaint;  ///< the first thing that is wrong; empty if nothing is
  int judged = 0;         ///< operations

  /// By operation, the largest error in units of its bound, which is twice what its arithmetic may do.
  std::map<std::string, double> worst;

  /// Products that gave other bits in other replicas for equal operands: a library may sum them in another
  /// order there.
  int unlike_products = 0;

  std::vector<Margin> margins() const;
};

/// Runs an epoch's begin and two steps of a trial of `group` (trial_of) operation by operation, the second
/// step with a short batch where the data has so many rows. Two replicas, the first and the last of the other
/// seed, are held against double precision on the device's own operands; all others must have the bits of the
/// one with their seed. Only products may differ there: each distinct result is held against double precision
/// as well, and the judged one takes its place, so that operands stay equal. At the end of a step, memory of
/// the two replicas that no operation had to write must be unchanged. Throws OutOfMemory, and what the lane
/// throws.
OwnOperations judge_operations(Lane& lane, const Dataset& dataset, const GroupSpec& group);

}  // namespace gpu_sweep
