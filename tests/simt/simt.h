// Controls the stand-in in tests: the schedule that it follows, the violations that it has detected, and the
// cards that it simulates.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace simt {

/// Starts a new schedule with this seed. The seed determines the order of blocks, warps, threads and streams,
/// and every other random choice. A process starts with the seed in the environment variable SIMT_SEED
/// (default 0).
void set_seed(std::uint64_t seed);

/// Returns the violations of CUDA's rules since the last call, one readable line for each. Also clears the
/// sticky error, so that the next test starts without it. Work that was queued when the error occurred is
/// dropped.
std::vector<std::string> take_violations();

/// Sets the size of each device's memory in bytes (default: SIMT_MEMORY, or 4 GiB). Allocations beyond it
/// fail.
void set_memory_bytes(std::size_t bytes);

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
/// "7.0,9.0,prohibited,broken". Without this variable, there are as many default devices as SIMT_DEVICES
/// says, or one. Each device has memory of its own, which the others cannot access.
void set_cards(std::vector<Card> cards);

/// Sets `count` devices that work.
void set_device_count(int count);

/// The CUDA version of the runtime, as cudaRuntimeGetVersion reports it.
inline constexpr int kRuntimeVersion = 13000;

/// Sets the CUDA version of the driver (default: SIMT_DRIVER, or the version of the runtime). A driver of an
/// older major version shows no devices. 0 means that there is no driver.
void set_driver_version(int version);

/// Makes the `work`-th kernel, copy or fill from now on fail, and with it the device. 0 means that the device
/// never fails. The default is SIMT_LOSS, or 0. take_violations() restores the device.
void lose_device_after(std::uint64_t work);

void set_compute_capability(int major, int minor);

/// Sets whether a captured product sometimes becomes three nodes, as with cuBLAS (default true).
void set_split_products(bool splits);

/// Returns the number of pieces of work that a device has done since the process started: kernels, copies,
/// fills, and recordings of and waits for events.
std::uint64_t work_done(int device);

/// Returns the number of device threads that were run since the process started. Tests use it to check that
/// work was run on the stand-in.
std::uint64_t threads_run();

}  // namespace simt
