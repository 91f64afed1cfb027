// The one seam between the bodies of the kernel tests and what they test. A test executable links the bodies
// with one definition of these functions: CPU code, CUDA kernels on the stand-in, or CUDA kernels on a card.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "engine/program/op.h"

namespace gpu_sweep::test::backend {

/// "cpu", "simt" or "cuda".
std::string name();

/// Why nothing can run here, in one line; empty if it can.
std::string missing();

/// How often each case runs, every time from the same memory: schedules of the stand-in, repetitions
/// elsewhere.
int schedules();

/// How many shapes of each list run here: the first ones.
std::size_t most_cases();

std::uint64_t shuffle_scratch_bytes(int replicas, int rows);

/// Whether products of `type` exist on this machine.
bool multiplies(DType type);

/// Brings both spaces to the device, runs `ops` one after another under a schedule, and brings `group` back.
void run(int schedule, const std::vector<Op>& ops, std::span<const std::byte> dataset,
         std::span<std::byte> group);

}  // namespace gpu_sweep::test::backend
