// What the benchmarks measure: whole epochs, the matrix products in them, and the same model in PyTorch.
#pragma once

#include <string>
#include <vector>

#include "engine/sweep/cost.h"
#include "gpu_sweep/dataset.h"
#include "gpu_sweep/device.h"
#include "gpu_sweep/mlp_spec.h"

namespace gpu_sweep::bench {

/// Returns the seconds that the products of one epoch and its validation take, with one replica on each of
/// `lanes` concurrent lanes. Times every product of the step separately, on buffers in cache and in plain
/// row-major layout without padding, and multiplies its median time by how often an epoch runs it.
double gemm_seconds_an_epoch(const MlpSpec& shape, const SplitRows& rows, const Backend& backend, int lanes);

/// Returns the seconds per epoch while each of `lanes` lanes trains one replica of `model`: the machine
/// finishes `lanes` replica-epochs in that time. Takes the median of `epochs` epochs after one to warm up.
double epoch_seconds(const ModelSpec& model, Precision precision, const Dataset& dataset,
                     const Backend& backend, int lanes, int epochs);

/// Returns the replica-epochs per second of the original model in PyTorch on the whole machine, validation
/// included. Tries one process and one process per core, and returns the better rate. Each process has one
/// thread, and runs with raised malloc thresholds (glibc) to avoid page faults in every step. Returns NaN if
/// python3-torch is missing. `script` is pytorch_epoch.py; `data` is the directory of the data set.
double pytorch_epochs_a_second(const std::string& script, const std::string& data, int cores);

}  // namespace gpu_sweep::bench
