// Controls the stand-in in tests: the schedule that it follows, the violations that it has detected, and the
// cards that it simulates.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace simt {

/// Starts the schedule of `seed`, which determines the order of blocks, warps, threads and streams, and every
/// other random choice. A process starts with the seed in the environment variable SIMT_SEED (default 0).
void set_seed(std::uint64_t seed);

/// Returns the violations since the last call, one readable line each, and clears the sticky error, so that
/// the next test starts clean. Work that was queued when the error occurred is dropped.
std::vector<std::string> take_violations();

/// Sets the bytes of memory of each device (default 4 GiB, or SIMT_MEMORY). Allocations beyond them fail.
void set_memory_bytes(std::size_t bytes);

/// One of the simulated devices.
struct Card {
  enum class State {
    kWorks,
    kProhibited,  ///< its compute mode does not let any program use it
    kBroken,      ///< every query about it returns an ECC error
  };
  int major = 9;  ///< compute capability major.minor
  int minor = 0;
  State state = State::kWorks;
};

/// Sets the devices. Without a call, they are those that the environment variable SIMT_CARDS lists, such as
/// "7.0,9.0,prohibited,broken", otherwise as many usual ones as SIMT_DEVICES says, otherwise one. Each has
/// its own memory, inaccessible to the others.
void set_cards(std::vector<Card> cards);

/// Sets `count` devices that work.
void set_device_count(int count);

/// The CUDA version of the runtime, as cudaRuntimeGetVersion reports it.
inline constexpr int kRuntimeVersion = 13000;

/// Sets the CUDA version of the driver (default: the runtime's, or SIMT_DRIVER). A driver of an older major
/// version shows no device. 0 means that there is no driver.
void set_driver_version(int version);

/// Makes the device fail after `work` more kernels, copies and fills. 0 means never; the default is
/// SIMT_LOSS, or 0. take_violations() restores the device.
void lose_device_after(std::uint64_t work);

/// Sets the compute capability of all devices.
void set_compute_capability(int major, int minor);

/// Sets whether a captured product sometimes becomes three nodes, as with cuBLAS (default true).
void set_split_products(bool splits);

/// Returns the number of kernels, copies and fills that a device has done since the process started.
std::uint64_t work_done(int device);

/// Returns the number of device threads run since the process started, so that tests can check that work ran
/// on the stand-in.
std::uint64_t threads_run();

}  // namespace simt
