// The only interface between the bodies of the kernel tests and the code under test. A test executable links
// the bodies with one definition of these functions: CPU code, CUDA kernels on the stand-in, or CUDA kernels
// on a card.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "engine/program/op.h"

namespace gpu_sweep::test::backend {

/// Returns "cpu", "simt" or "cuda".
std::string name();

/// Returns an empty string if tests can run here, otherwise one line with the reason.
std::string missing();

/// Returns the number of times that each case runs, each time from the same initial memory. On the
/// stand-in, each repetition has a different schedule; elsewhere all repetitions are alike.
int schedules();

/// Returns the number of shapes, from the start of each list, that run on this backend.
std::size_t most_cases();

std::uint64_t shuffle_scratch_bytes(int replicas, int rows);

/// Returns whether this machine supports products of `type`.
bool multiplies(DType type);

/// Copies both spaces to the device, runs `ops` in order under a schedule, and copies `group` back.
void run(int schedule, const std::vector<Op>& ops, std::span<const std::byte> dataset,
         std::span<std::byte> group);

}  // namespace gpu_sweep::test::backend
