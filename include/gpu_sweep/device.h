// The available devices, and how lanes on them are made. The CUDA lanes are in a shared library that is
// opened at run time, so that one binary runs with and without CUDA.
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
  bool eager = false;                ///< run op by op, synchronize after each and name the failing one
  std::shared_ptr<Profile> profile;  ///< if set, receives the time of every operation
};

/// One device that a lane can be made on.
struct DeviceInfo {
  std::string id;           ///< "cpu", "cuda:0", ...
  std::string device_kind;  ///< "cpu", "cuda" or "simt"
  std::string name;         ///< as the vendor names it
  std::string details;  ///< one line for `gpu_sweep devices`: cores or compute capability, memory, versions
  /// Names the libraries and the instruction set that results depend on; empty if these never differ on the
  /// device. Results under different names may differ in the last bits.
  std::string numerics;
  /// One line that says why no lane can be made on the device (too old for this build, in a mode that
  /// prohibits computing, or the error it reported). Empty for a usable device. An unusable device keeps its
  /// place, so that the N of "cuda:N" counts all devices.
  std::string why_not;
  bool supports_tf32 = false;
  bool supports_bf16 = false;
  std::string driver;     ///< version of a GPU's driver
  int default_lanes = 1;  ///< cores on a CPU
  std::uint64_t memory_bytes = 0;
  int memory_bus_bits = 0;     ///< of a GPU
  std::uint64_t l2_bytes = 0;  ///< of a GPU
};

/// Returns fp32, and tf32 and bf16 if the device has them.
std::vector<Precision> precisions_of(const DeviceInfo& device);

using MakeLane = std::function<std::unique_ptr<Lane>(int device_index, const LaneOptions&)>;

/// The devices of one device library, and the function that makes lanes on them. If there are no devices,
/// `why` gives the reason in one line; why_none also covers the case that all devices are unusable. Lanes
/// that use one device at the same time must be made by one `make_lane` or copies of it, which coordinate the
/// lanes.
struct Backend {
  std::vector<DeviceInfo> devices;
  std::string why;
  /// Lines for `gpu_sweep devices`: the device library's file, what it was built with, and the libraries
  /// loaded from the machine or the places searched for them. Empty for the CPU.
  std::vector<std::string> origin;
  MakeLane make_lane;
};

/// Returns one line that says why no device of `backend` can be used; empty if one can.
std::string why_none(const Backend& backend);

/// Returns the CPU: always one device.
Backend cpu_backend();

/// Opens the lane library of a device kind ("cuda", "simt") where open_library finds it. Never throws: if the
/// library, the driver or a card is missing, the result has no devices and says why.
Backend load_backend(const std::string& device_kind);

/// The devices that `--device CHOICE` selects: auto, cpu, cuda, cuda:N (and simt, simt:N in tests).
/// choose_devices throws Error(kUsage) for any other word, and Error(kDevice), one line that says what is
/// missing, if `cuda` or `cuda:N` is not available. `notice` is one line if auto falls back to the CPU or if
/// devices are left out.
struct DeviceChoice {
  Backend backend;
  std::vector<int> indices;  ///< into backend.devices
  std::string notice;
};
DeviceChoice choose_devices(const std::string& choice);

/// Returns the first usable device of `backend`, which must have one, and all others that give the same
/// results to the last bit (DeviceInfo::numerics). `notice` names the devices left out.
DeviceChoice all_alike(Backend backend);

}  // namespace gpu_sweep
