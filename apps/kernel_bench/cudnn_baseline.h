// Timings of the operations that cuDNN offers too, for comparison with ours.
#pragma once

#include <string>

#include "apps/kernel_bench/study_step.h"
#include "apps/kernel_bench/time_launches.h"

namespace gpu_sweep {

/// Registers a benchmark "PREFIX/PROGRAM/OPERATION/i/cudnn" for every fp32 operation of the training step
/// that cuDNN can compose. The benchmark runs on the operands of our operation, on a stream of its own,
/// and is captured and repeated as ours is. `step` must outlive the benchmarks, and its lane must be a CUDA
/// lane. Registers nothing in the executable built without cuDNN.
void register_cudnn_baseline(StudyStep& step, const Repeats& repeats, const std::string& prefix);

}  // namespace gpu_sweep
