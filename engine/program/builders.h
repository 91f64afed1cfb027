// Builds the programs of a group from its layout.
#pragma once

#include "engine/program/group_layout.h"
#include "engine/program/program.h"

namespace gpu_sweep {

/// Builds the start of an epoch. It increments the epoch, sets cursor and metrics to 0 and, if the group
/// shuffles, draws a new order of the rows for each replica.
Program build_begin_epoch(const GroupLayout& layout);

/// Builds one optimizer step on the next batch: gather, forward, loss, backward, update, advance. For L
/// hidden layers, it has 5 L + 6 operations. Clipping gradients by their norm adds one more, and so does a
/// penalty on the weights.
Program build_train_step(const GroupLayout& layout);

/// Builds the start of an evaluation. It sets cursor and metrics to 0 and, with `keep_classes`, also the
/// confusion matrices.
Program build_begin_evaluation(const GroupLayout& layout, bool keep_classes);

/// Builds the evaluation of one batch of `split`, which has layout.evaluation_batch rows, for all replicas
/// and without dropout. With `keep_classes`, it also counts the confusion matrix and keeps the predicted
/// classes. For the test split it then keeps the class probabilities, too, if layout.keep_probabilities is
/// set. Without `keep_classes`, the pass over the training split also sums the objective, if it differs from
/// the loss.
Program build_evaluation_step(const GroupLayout& layout, Split split, bool keep_classes);

}  // namespace gpu_sweep
