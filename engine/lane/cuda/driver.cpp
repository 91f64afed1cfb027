#include "engine/lane/cuda/driver.h"

#include "engine/lane/rebuild_command.h"

namespace gpu_sweep::cuda {
namespace {

namespace fs = std::filesystem;

constexpr int kOldestDriver = 12000;  // CUDA version of the oldest driver that runs kOldestToolkit's code

int major_of(int number) { return number / 1000; }

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
  if (const fs::path command = rebuild_command(program); !command.empty()) {
    return why + command.string() + " builds the CUDA lane with " + toolkit;
  }
  return why + "build the CUDA lane with " + toolkit;
}

}  // namespace gpu_sweep::cuda
