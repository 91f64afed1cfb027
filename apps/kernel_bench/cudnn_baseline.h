// The operations that cuDNN can do too, timed beside ours.
#pragma once

#include <string>

#include "apps/kernel_bench/study_step.h"
#include "apps/kernel_bench/time_launches.h"

namespace gpu_sweep {

/// Registers a benchmark "PREFIX/PROGRAM/OPERATION/i/cudnn" for every fp32 operation of the training step
/// that cuDNN can compose: the same operands, captured and repeated as ours are, on a stream of its own.
/// `step` must outlive the benchmarks, and its lane must be a CUDA one.
/// Registers nothing in the executable that goes without cuDNN.
void register_cudnn_baseline(StudyStep& step, const Repeats& repeats, const std::string& prefix);

}  // namespace gpu_sweep
