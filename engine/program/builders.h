// Builds the programs of a group, as pure functions of its layout.
#pragma once

#include "engine/program/group_layout.h"
#include "engine/program/program.h"

namespace gpu_sweep {

/// Builds the start of an epoch: cursor to 0, metrics to 0 and, if the group shuffles, a new order per
/// replica.
Program build_begin_epoch(const GroupLayout& layout);

/// Builds one optimizer step on the next batch: gather, forward, loss, backward, update, advance. It has at
/// most 5 L + 6 operations with L hidden layers, and one more if it clips gradients by their norm.
Program build_train_step(const GroupLayout& layout);

/// Builds the start of an evaluation: cursor and metrics to 0 and, with `keep_classes`, confusion matrices to
/// 0.
Program build_begin_evaluation(const GroupLayout& layout, bool keep_classes);

/// Builds the pass of one batch of E rows of `split` through all replicas, with dropout off. With
/// `keep_classes` it also counts the confusion matrix and keeps the predicted classes.
Program build_evaluation_step(const GroupLayout& layout, Split split, bool keep_classes);

}  // namespace gpu_sweep
