// Times operations as compositions of cuDNN calls, for comparison with ours.
#pragma once

#include <string>

#include "apps/kernel_bench/study_step.h"
#include "apps/kernel_bench/time_launches.h"

namespace gpu_sweep {

/// Registers a benchmark "PREFIX/PROGRAM/OPERATION/i/cudnn" for every fp32 operation of the training step
/// that can be composed of cuDNN calls. The benchmark uses the operands of our operation and a stream of its
/// own, and it is captured and repeated in the same way as ours. `step` must outlive the benchmarks, and its
/// lane must be a CUDA lane. In the executable that is built without cuDNN, nothing is registered.
void register_cudnn_baseline(StudyStep& step, const Repeats& repeats, const std::string& prefix);

}  // namespace gpu_sweep
