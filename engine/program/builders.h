// Builds the programs of a group, as pure functions of its layout.
#pragma once

#include "engine/program/group_layout.h"
#include "engine/program/program.h"

namespace gpu_sweep {

/// Builds the start of an epoch: counts the epoch, sets cursor and metrics to 0 and, if the group shuffles,
/// draws a new order for each replica.
Program build_begin_epoch(const GroupLayout& layout);

/// Builds one optimizer step on the next batch: gather, forward, loss, backward, update, advance. It has 5 L
/// + 6 operations for L hidden layers, and one more if it clips gradients by their norm.
Program build_train_step(const GroupLayout& layout);

/// Builds the start of an evaluation: sets cursor and metrics to 0 and, with `keep_classes`, confusion
/// matrices to 0.
Program build_begin_evaluation(const GroupLayout& layout, bool keep_classes);

/// Builds the pass of one batch of `split` (layout.evaluation_batch rows) through all replicas, without
/// dropout. With `keep_classes` it also counts the confusion matrix and keeps the predicted classes and, for
/// the test split if layout.keep_probabilities is set, the class probabilities.
Program build_evaluation_step(const GroupLayout& layout, Split split, bool keep_classes);

}  // namespace gpu_sweep
