// gpu_sweep devices: what this machine can train on, and why not on more.
#include <CLI/CLI.hpp>

#include "apps/gpu_sweep/command.h"
#include "apps/gpu_sweep/output.h"
#include "engine/lane/device.h"

namespace gpu_sweep {
namespace {

std::string describe_devices(const Backend& backend) {
  std::string text;
  for (const DeviceInfo& device : backend.devices) {
    text += device.id + "\n    " + device.name + "\n    " + device.details + "\n";
  }
  return text;
}

void devices() {
  const Backend cuda = load_backend("cuda");
  print_data(describe_devices(cpu_backend()) + describe_devices(cuda));
  if (cuda.devices.empty()) say("no CUDA device: " + cuda.why);
  for (const std::string& line : cuda.origin) say("    " + line);
}

}  // namespace

Command add_devices_command(CLI::App& program) {
  CLI::App* app = program.add_subcommand("devices", "List the devices that --device can name");
  app->footer(
      "Where no GPU can be used, stderr says why. It also names the file of the CUDA lane, what this was\n"
      "built with, and the files of NVIDIA that it took from the machine, or where it looked for them.\n\n"
      "Example: gpu_sweep devices");
  return {app, devices};
}

}  // namespace gpu_sweep
