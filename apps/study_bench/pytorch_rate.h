// The same epoch in PyTorch, for comparison.
#pragma once

#include <string>

namespace gpu_sweep::bench {

/// Replica-epochs a second of the original model in PyTorch, validation included, on the whole machine: the
/// better of one process and of one process a core, each with one thread and with glibc's malloc thresholds
/// raised so that it does not fault pages in every step. NaN where python3-torch is missing. `script` is
/// pytorch_epoch.py; `data` the directory of the data set.
double pytorch_epochs_a_second(const std::string& script, const std::string& data, int cores);

}  // namespace gpu_sweep::bench
