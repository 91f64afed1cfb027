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

/// One of the devices, as it presents itself.
struct Card {
  enum class State {
    kWorks,
    kProhibited,  ///< its compute mode lets no program use it
    kBroken,      ///< it answers every question with an ECC error
  };
  int major = 9;  ///< of its compute capability
  int minor = 0;
  State state = State::kWorks;
};

/// Which devices there are (default one, or SIMT_CARDS, such as "7.0,9.0,prohibited,broken"; SIMT_DEVICES
/// gives a number of default ones). Each has its own memory, closed to the others.
void set_cards(std::vector<Card> cards);

/// The same for `count` devices that work.
void set_device_count(int count);

/// The CUDA version that the runtime is of, in cudaRuntimeGetVersion's figures.
inline constexpr int kRuntimeVersion = 13000;

/// The CUDA version that the driver is of (default the runtime's, or SIMT_DRIVER): an older one shows no
/// device, 0 stands for no driver.
void set_driver_version(int version);

/// Loses the device for good once it has done `work` more kernels, copies and fills (default 0: never, or
/// SIMT_LOSS); take_violations brings it back.
void lose_device_after(std::uint64_t work);

/// What all devices claim to be.
void set_compute_capability(int major, int minor);

/// Whether a captured product becomes three nodes now and then, as cuBLAS's do (default true).
void set_split_products(bool splits);

/// Kernels, copies and fills that a device has done since the process started.
std::uint64_t work_done(int device);

/// Threads that device code has run since the process started: shows that work really came here.
std::uint64_t threads_run();

}  // namespace simt
