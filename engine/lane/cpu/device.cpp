#include "gpu_sweep/device.h"

#include <sched.h>

#include <fstream>
#include <string>

#include "engine/lane/cpu/lane.h"
#include "engine/lane/host_memory.h"
#include "kernels/gemm/gemm_onednn.h"

namespace gpu_sweep {
namespace {

int usable_cores() {
  cpu_set_t set;
  CPU_ZERO(&set);
  return sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : 1;
}

std::string processor_name() {
  std::ifstream cpuinfo("/proc/cpuinfo");
  for (std::string line; std::getline(cpuinfo, line);) {
    const std::size_t colon = line.find(": ");
    if (line.starts_with("model name") && colon != std::string::npos) return line.substr(colon + 2);
  }
  return "unknown processor";
}

}  // namespace

Backend cpu_backend() {
  DeviceInfo info;
  info.id = info.device_kind = "cpu";
  info.name = processor_name();
  info.numerics = gpu_sweep::cpu::product_numerics();
  info.supports_bf16 = gpu_sweep::cpu::supports_bf16();
  info.default_lanes = usable_cores();
  info.memory_bytes = available_host_memory();
  info.details = std::to_string(info.default_lanes) + (info.default_lanes == 1 ? " core, " : " cores, ") +
                 std::to_string(info.memory_bytes >> 20) + " MiB free, fp32" +
                 (info.supports_bf16 ? " and bf16" : "; no bf16 products") + "; " + info.numerics;
  Backend backend;
  backend.devices.push_back(info);
  backend.make_lane = [](int, const LaneOptions& options) { return make_cpu_lane(options); };
  return backend;
}

}  // namespace gpu_sweep
