// gpu_sweep devices: what this machine can train on, and why not on more.
#include <CLI/CLI.hpp>

#include "apps/gpu_sweep/command.h"
#include "apps/gpu_sweep/device_text.h"
#include "apps/gpu_sweep/output.h"
#include "engine/lane/device.h"

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
      "Below a GPU that cannot be used stands why. Where none can, stderr says why. It also names\n"
      "the file of the CUDA lane, what this was built with, and the files of NVIDIA that it took\n"
      "from the machine, or where it looked for them.\n\nExample: gpu_sweep devices");
  return {app, devices};
}

}  // namespace gpu_sweep
