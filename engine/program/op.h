// All operations of which programs consist. A back end has an `execute` for each record; on the CPU,
// GemmPrimitive executes Gemm, or FusedUpdate does together with Update.
#pragma once

#include <string>
#include <variant>

#include "kernels/activation/activation_backward.h"
#include "kernels/activation/bias_activation_dropout.h"
#include "kernels/batch/begin_pass.h"
#include "kernels/batch/gather_batch.h"
#include "kernels/batch/shuffle.h"
#include "kernels/gemm/gemm.h"
#include "kernels/loss/evaluate_logits.h"
#include "kernels/loss/softmax_cross_entropy.h"
#include "kernels/optimizer/advance.h"
#include "kernels/optimizer/gradient_norm.h"
#include "kernels/optimizer/update.h"
#include "kernels/optimizer/weight_penalty.h"

namespace gpu_sweep {

using Op = std::variant<BeginPass, Shuffle, GatherBatch, Gemm, BiasActivationDropout, SoftmaxCrossEntropy,
                        ActivationBackward, GradientNorm, Update, Advance, EvaluateLogits, WeightPenalty>;

/// Returns the name of the operation in printed programs: "gather_batch", "gemm_forward", ...
const char* name(const Op& op);

/// Returns the name and the shape of an operation, such as "gemm_forward 256x784x256"
/// (batch x inputs x outputs).
std::string profile_label(const Op& op);

}  // namespace gpu_sweep
