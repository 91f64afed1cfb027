// Which devices there are, and how lanes on them are made. The CUDA lanes live in a shared library that is
// opened at run time, so that one binary runs with and without CUDA.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "engine/lane/lane.h"
#include "engine/lane/profile.h"
#include "engine/model/model_spec.h"

namespace gpu_sweep {

struct LaneOptions {
  bool eager = false;                ///< run op by op, synchronise after each and name the failing one
  std::shared_ptr<Profile> profile;  ///< if set, receives the time of every operation
};

/// One device that a lane can be made on.
struct DeviceInfo {
  std::string id;           ///< "cpu", "cuda:0", ...
  std::string device_kind;  ///< "cpu", "cuda" or "simt"
  std::string name;         ///< as the vendor names it
  std::string details;  ///< one line for `gpu_sweep devices`: cores or compute capability, memory, versions
  /// Libraries and instruction set that results depend on, as one name; empty where the device has no such
  /// choice. Results of two names may differ in the last bits.
  std::string numerics;
  /// Why no lane can be made on it, in one line: too old for this build, closed to programs, or what it
  /// answered when it was asked. Empty where nothing speaks against it. Such a device keeps its place, so
  /// that N of "cuda:N" counts all.
  std::string why_not;
  bool supports_tf32 = false;
  bool supports_bf16 = false;
  std::string driver;     ///< version of a GPU's driver
  int default_lanes = 1;  ///< cores on a CPU
  std::uint64_t memory_bytes = 0;
  int memory_bus_bits = 0;     ///< of a GPU
  std::uint64_t l2_bytes = 0;  ///< of a GPU
};

/// fp32, and tf32 and bf16 where the device has them.
std::vector<Precision> precisions_of(const DeviceInfo& device);

using MakeLane = std::function<std::unique_ptr<Lane>(int device_index, const LaneOptions&)>;

/// A way to make lanes, one entry a device library. `why` says in one line why there are no devices, if there
/// are none; why_none says it where there are some, too. Lanes that work on one device at a time come from
/// one `make_lane` or copies of it, through which they know of each other.
struct Backend {
  std::vector<DeviceInfo> devices;
  std::string why;
  /// Lines for `gpu_sweep devices`: the device library's file and what it was built with, the files that it
  /// took from the machine, or where it looked for them. Empty for the CPU.
  std::vector<std::string> origin;
  MakeLane make_lane;
};

/// Why no device of `backend` can be used, in one line; empty where one can.
std::string why_none(const Backend& backend);

/// The CPU: always one device.
Backend cpu_backend();

/// Opens the lane library of a device kind ("cuda", "simt") where open_library.h says.
/// Never throws: a missing library, driver or card gives no devices and says why.
Backend load_backend(const std::string& device_kind);

/// The devices that `--device CHOICE` means: auto, cpu, cuda, cuda:N (and simt, simt:N in tests). Throws
/// Error(kUsage) for a word that is none of these and Error(kDevice), one line with what is missing, where
/// `cuda` or `cuda:N` was asked for and cannot be had. `notice` receives one line where auto falls back to
/// the CPU, or where devices are left out.
struct DeviceChoice {
  Backend backend;
  std::vector<int> indices;  ///< into backend.devices
  std::string notice;
};
DeviceChoice choose_devices(const std::string& choice);

/// Those devices of `backend` that can be used, at least one, and whose results are the first of them's to
/// the last bit (DeviceInfo::numerics); `notice` names those left out.
DeviceChoice all_alike(Backend backend);

/// What a lane library exports as extern "C" `gpu_sweep_lane_library`.
struct LaneLibrary {
  static constexpr int kVersion = 5;
  int version = kVersion;
  std::string (*built_with)() = nullptr;  ///< "CUDA 13.0"
  std::vector<DeviceInfo> (*devices)(std::string* why) = nullptr;
  MakeLane (*lane_maker)() = nullptr;
};
using LaneLibraryFunction = const LaneLibrary* (*)();

}  // namespace gpu_sweep
