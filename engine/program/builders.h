// Builds the programs of a group, as pure functions of its layout.
#pragma once

#include "engine/program/group_layout.h"
#include "engine/program/program.h"

namespace gpu_sweep {

/// Starts an epoch: cursor to 0, metrics to 0 and, if the group shuffles, a new order for each replica.
Program build_begin_epoch(const GroupLayout& layout);

/// One optimizer step on the next batch: gather, forward, loss, backward, update, advance. At most 5 L + 6
/// operations with L hidden layers.
Program build_train_step(const GroupLayout& layout);

/// Starts an evaluation: cursor to 0, metrics to 0 and, with `keep_classes`, confusion matrices to 0.
Program build_begin_evaluation(const GroupLayout& layout, bool keep_classes);

/// Passes one batch of E rows of `set` through all replicas, dropout off. With `keep_classes` it also counts
/// the confusion matrix and keeps the predicted classes.
Program build_evaluation_step(const GroupLayout& layout, Split split, bool keep_classes);

}  // namespace gpu_sweep
