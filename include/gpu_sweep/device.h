// The available devices, and the functions that create lanes on them, which train groups of runs. The CUDA
// lanes are in a shared library that is opened at run time, so one binary runs with and without CUDA.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "gpu_sweep/model_spec.h"

namespace gpu_sweep {

class Lane;
class Profile;

struct LaneOptions {
  bool eager = false;                ///< run op by op, synchronize after each op and name the op that fails
  std::shared_ptr<Profile> profile;  ///< if set, receives the time of every operation
};

/// One device of this machine.
struct DeviceInfo {
  std::string id;           ///< "cpu", "cuda:0", ...
  std::string device_kind;  ///< "cpu", "cuda" or "simt"
  std::string name;         ///< as the vendor names it
  std::string details;  ///< one line for `gpu_sweep devices`: cores or compute capability, memory, versions
  /// Names what the last bits of results depend on: the library of the matrix products, and the instruction
  /// set or the card's architecture. Results computed under different names may differ in the last bits.
  /// Empty if these do not vary on this kind of device.
  std::string numerics;
  /// Empty for a usable device. Otherwise one line that says why no lane can be created on the device: it is
  /// too old for this build, it is in a mode that prohibits computing, or it reported an error. An unusable
  /// device stays in the list, so that the N of "cuda:N" counts all devices.
  std::string why_not;
  bool supports_tf32 = false;
  bool supports_bf16 = false;
  std::string driver;     ///< version of a GPU's driver
  int default_lanes = 1;  ///< number of lanes unless --lanes is given; on a CPU the usable cores
  std::uint64_t memory_bytes = 0;
  int memory_bus_bits = 0;     ///< of a GPU
  std::uint64_t l2_bytes = 0;  ///< of a GPU
};

/// Returns fp32, followed by tf32 and bf16 if the device supports them.
std::vector<Precision> precisions_of(const DeviceInfo& device);

using MakeLane = std::function<std::unique_ptr<Lane>(int device_index, const LaneOptions&)>;

/// The devices of one device library, and the function that creates lanes on them. If there are no devices,
/// `why` gives the reason in one line. why_none() also gives a reason if there are devices but all of them
/// are unusable. Lanes that use one device at the same time must be created by one `make_lane` or by copies
/// of it, because `make_lane` holds the state by which the lanes coordinate.
struct Backend {
  std::vector<DeviceInfo> devices;
  std::string why;
  /// Lines for `gpu_sweep devices`: the file of the device library, what it was built with, and the libraries
  /// that were loaded from this machine (or the places that were searched for them). Empty for the CPU.
  std::vector<std::string> origin;
  MakeLane make_lane;
};

/// Returns one line that says why no device of `backend` can be used; empty if one can.
std::string why_none(const Backend& backend);

/// Returns the CPU backend, which always has exactly one device.
Backend cpu_backend();

/// Opens the lane library of a device kind ("cuda", "simt") from the place where open_library
/// (engine/lane/open_library.h) finds it. Never throws: if the library, the driver or a card is missing, the
/// result has no devices, and `why` gives the reason.
Backend load_backend(const std::string& device_kind);

/// The devices that `--device CHOICE` selects. CHOICE is auto, cpu, cuda or cuda:N (and, in tests, simt or
/// simt:N). choose_devices throws Error(kUsage) for any other word. If `cuda` or `cuda:N` is not available,
/// it throws Error(kDevice) with one line that says what is missing. `notice` has one line if `auto` falls
/// back to the CPU, or if all_alike leaves out devices.
struct DeviceChoice {
  Backend backend;
  std::vector<int> indices;  ///< into backend.devices
  std::string notice;
};
DeviceChoice choose_devices(const std::string& choice);

/// Selects the first usable device of `backend` and all other devices that give the same results to the last
/// bit (DeviceInfo::numerics). `backend` must have a usable device. `notice` names the devices that are left
/// out.
DeviceChoice all_alike(Backend backend);

}  // namespace gpu_sweep
