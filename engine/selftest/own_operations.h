// Judges the operations of a group's training step one by one, on the device that will train the group.
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
  int judged = 0;         ///< number of operations that were judged

  /// For each kind of operation, the largest error divided by its bound (Verdict::worst).
  std::map<std::string, double> worst;

  /// Number of products whose bits differ from those of another replica with equal operands. This is allowed,
  /// because a library may sum in a different order for each replica.
  int unlike_products = 0;

  std::vector<Margin> margins() const;
};

/// Runs the start of an epoch and two steps of a trial of `group` (trial_of), operation by operation. The
/// second step has a short batch if the data has enough rows.
/// The results of two replicas are judged against double precision, computed from the device's own operands.
/// The two are the first replica, and the last replica that has the other of the two seeds. Every other
/// replica must have the same bits as the judged replica with the same seed. Products are an exception: each
/// distinct result of a product is also judged against double precision, and is then replaced by the result
/// of the judged replica, so that later operations have equal operands.
/// At the end of a step, the operands of the two judged replicas are read again and compared with what the
/// operations that write them left there, to find an operation that changed an operand which it should not
/// write. Throws OutOfMemory and the other errors of the lane.
OwnOperations judge_operations(Lane& lane, const Dataset& dataset, const GroupSpec& group);

}  // namespace gpu_sweep
