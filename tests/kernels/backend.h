// The interface between the bodies of the kernel tests and the code under test. A test executable links the
// bodies with one definition of these functions. There are definitions for the CPU code, for the CUDA kernels
// on the stand-in for a card (tests/simt), and for the CUDA kernels on a card.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "engine/program/op.h"

namespace gpu_sweep::test::backend {

/// Returns "cpu", "simt" or "cuda".
std::string name();

/// Returns an empty string if the tests can run on this machine, otherwise one line with the reason why not.
std::string missing();

/// Returns how many times each case is run, each time from the same initial memory. On the stand-in, each
/// repetition has a different schedule. On other backends, all repetitions are alike.
int schedules();

/// Returns the most cases of a list that for_backend() (kernel_test.h) keeps.
std::size_t most_cases();

std::uint64_t shuffle_scratch_bytes(int replicas, int rows);

/// Returns whether this machine supports matrix products of `type`.
bool multiplies(DType type);

/// Runs `ops` in order on both spaces, under the schedule of this number. On CUDA, the spaces are copied to
/// the device before, and `group` is copied back afterwards.
void run(int schedule, const std::vector<Op>& ops, std::span<const std::byte> dataset,
         std::span<std::byte> group);

}  // namespace gpu_sweep::test::backend
