#include "engine/lane/cuda/driver.h"

namespace gpu_sweep::cuda {
namespace {

namespace fs = std::filesystem;

constexpr int kOldestDriver = 12000;            // that runs a lane built with kOldestToolkit
constexpr const char* kOldestToolkit = "12.3";  // that compiles the lane
constexpr const char* kCommand = "rebuild_cuda_lane";

int major_of(int number) { return number / 1000; }

/// Returns the rebuild command, empty if there is none. A bundle keeps its programs in libexec, their
/// launchers in bin.
fs::path command_beside(const fs::path& program) {
  const fs::path folder = program.parent_path();
  for (const fs::path& place : {folder, folder.parent_path() / "bin"}) {
    std::error_code error;
    const bool bundled = place == folder || folder.filename() == "libexec";
    if (bundled && fs::is_regular_file(place / kCommand, error)) return place / kCommand;
  }
  return {};
}

}  // namespace

std::string version_text(int number) {
  return std::to_string(major_of(number)) + "." + std::to_string(number % 1000 / 10);
}

std::string why_driver_is_too_old(int driver, int runtime, const fs::path& program) {
  const std::string why = "the NVIDIA driver is too old: it has CUDA " + version_text(driver) +
                          ", this program needs " + version_text(major_of(runtime) * 1000) + "; ";
  if (driver < kOldestDriver) return why + "a newer driver is needed";
  std::string toolkit = "a toolkit of CUDA " + std::to_string(major_of(driver));
  if (major_of(driver) == major_of(kOldestDriver))
    toolkit += std::string(" (") + kOldestToolkit + " or newer)";
  if (const fs::path command = command_beside(program); !command.empty()) {
    return why + command.string() + " builds the CUDA lane with " + toolkit;
  }
  return why + "build the CUDA lane with " + toolkit;
}

}  // namespace gpu_sweep::cuda
