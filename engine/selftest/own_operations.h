// Judges the operations of a group's step one by one, on the device that will train the group.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "engine/lane/lane.h"
#include "engine/selftest/margin.h"
#include "gpu_sweep/dataset.h"
#include "gpu_sweep/group_spec.h"

namespace gpu_sweep {

struct OwnOperations {
  std::string complaint;  ///< the first error; empty if there is none
  int judged = 0;         ///< number of operations

  /// For each kind of operation, the largest error divided by its bound (Verdict::worst).
  std::map<std::string, double> worst;

  /// Number of products whose bits differ from those of another replica with equal operands: a library may
  /// sum in a different order for each replica.
  int unlike_products = 0;

  std::vector<Margin> margins() const;
};

/// Runs the start of an epoch and two steps of a trial of `group` (trial_of) operation by operation, the
/// second step with a short batch if the data has enough rows. Judges the results of two replicas, the first
/// one and the last one that has the other of the two seeds, against double precision computed from the
/// device's own operands. Every other replica must have the same bits as the judged replica with the same
/// seed, except for products: each distinct result of a product is also judged against double precision, then
/// replaced by the judged replica's result, so that operands stay equal. At the end of a step, no operand of
/// the two judged replicas may have been changed by an operation that should not write it. Throws OutOfMemory
/// and the lane's other errors.
OwnOperations judge_operations(Lane& lane, const Dataset& dataset, const GroupSpec& group);

}  // namespace gpu_sweep
