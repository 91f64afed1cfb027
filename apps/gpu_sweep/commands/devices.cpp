// gpu_sweep devices: lists the devices on which this machine can train, and why other devices cannot be used.
#include <CLI/CLI.hpp>

#include "apps/gpu_sweep/commands/command.h"
#include "apps/gpu_sweep/device_text.h"
#include "apps/gpu_sweep/output.h"
#include "gpu_sweep/device.h"

namespace gpu_sweep {
namespace {

void devices() {
  const Backend cuda = load_backend("cuda");
  print_data(device_text(cpu_backend()) + device_text(cuda));
  if (const std::string why = why_none(cuda); !why.empty()) say("no CUDA device: " + why);
  for (const std::string& line : cuda.origin) say("    " + line);
}

}  // namespace

Command add_devices_command(CLI::App& program) {
  CLI::App* app = program.add_subcommand("devices", "List the devices that --device can name");
  app->footer(
      "Below each GPU that cannot be used is the reason. If no GPU can be used, stderr says why. It also\n"
      "names the file of the CUDA lane, what it was built with, and the NVIDIA libraries it loaded from\n"
      "this machine, or where it looked for them.\n\nExample: gpu_sweep devices");
  return {app, devices};
}

}  // namespace gpu_sweep
