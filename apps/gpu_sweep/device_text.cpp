#include "apps/gpu_sweep/device_text.h"

namespace gpu_sweep {
namespace {

std::string below(const std::string& line) { return line.empty() ? "" : "    " + line + "\n"; }

}  // namespace

std::string device_text(const Backend& backend) {
  std::string text;
  for (const DeviceInfo& device : backend.devices) {
    text += device.id + "\n" + below(device.name) + below(device.details);
    if (!device.why_not.empty()) text += below("cannot be used: " + device.why_not);
  }
  return text;
}

}  // namespace gpu_sweep
