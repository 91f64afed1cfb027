// Control of the stand-in from tests: which schedule it plays, what it has caught, and what card it claims to
// be.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace simt {

/// Starts the schedule of `seed`: the order of blocks, warps, lanes and streams, and every other free choice.
/// The environment variable SIMT_SEED gives the seed that a process starts with (default 0).
void set_seed(std::uint64_t seed);

/// Everything caught since the last call, one readable line each; also clears the sticky error, so that the
/// next test starts clean. Work that was queued when the error struck has been dropped.
std::vector<std::string> take_violations();

/// Bytes of memory that each device has (default 4 GiB, or SIMT_MEMORY): allocation beyond is refused.
void set_memory_bytes(std::size_t bytes);

/// How many devices there are (default 1, or SIMT_DEVICES). Each has its own memory, closed to the others.
void set_device_count(int count);

/// Loses the device for good once it has done `work` more kernels, copies and fills (default 0: never, or
/// SIMT_LOSS); take_violations brings it back.
void lose_device_after(std::uint64_t work);

/// What the devices claim to be (default 9.0).
void set_compute_capability(int major, int minor);

/// Whether a captured product becomes three nodes now and then, as cuBLAS's do (default true).
void set_split_products(bool splits);

/// Kernels, copies and fills that a device has done since the process started.
std::uint64_t work_done(int device);

/// Threads that device code has run since the process started: shows that work really came here.
std::uint64_t threads_run();

}  // namespace simt
