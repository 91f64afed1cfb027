// The speed of the study's original model in PyTorch, for comparison.
#pragma once

#include <string>

namespace gpu_sweep::bench {

/// Returns the replica-epochs per second of the original model in PyTorch on the whole machine, validation
/// included. Tries one process and one process per core, and returns the better rate. Each process has one
/// thread, and runs with raised malloc thresholds (glibc) to avoid page faults in every step. Returns NaN if
/// python3-torch is missing. `script` is pytorch_epoch.py; `data` is the directory of the data set.
double pytorch_epochs_a_second(const std::string& script, const std::string& data, int cores);

}  // namespace gpu_sweep::bench
