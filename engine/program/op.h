// The closed set of operations that make up a program. A backend is an overload set over these records.
#pragma once

#include <variant>

#include "kernels/activation_backward.h"
#include "kernels/adam.h"
#include "kernels/advance.h"
#include "kernels/begin_pass.h"
#include "kernels/bias_activation_dropout.h"
#include "kernels/evaluate_logits.h"
#include "kernels/gather_batch.h"
#include "kernels/gemm.h"
#include "kernels/rmsprop.h"
#include "kernels/sgd.h"
#include "kernels/shuffle.h"
#include "kernels/softmax_cross_entropy.h"

namespace gpu_sweep {

using Op = std::variant<BeginPass, Shuffle, GatherBatch, Gemm, BiasActivationDropout, SoftmaxCrossEntropy,
                        ActivationBackward, Adam, Sgd, RmsProp, Advance, EvaluateLogits>;

/// Returns the name of the record as printed: "gather_batch", "gemm_forward", ...
const char* name(const Op& op);

}  // namespace gpu_sweep
