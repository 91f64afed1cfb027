#include <charconv>
#include <numeric>
#include <optional>
#include <string_view>

#include "engine/error.h"
#include "engine/lane/device.h"

namespace gpu_sweep {
namespace {

DeviceChoice all_of(Backend backend) {
  DeviceChoice choice;
  choice.indices.resize(backend.devices.size());
  std::iota(choice.indices.begin(), choice.indices.end(), 0);
  choice.backend = std::move(backend);
  return choice;
}

[[noreturn]] void fail_unknown(const std::string& choice) {
  throw Error(ExitCode::kUsage, "--device: found '" + choice + "', expected auto, cpu, cuda or cuda:N");
}

/// The N of "cuda:N".
int cuda_index(const std::string& choice) {
  constexpr std::string_view kPrefix = "cuda:";
  int index = -1;
  const char* end = choice.data() + choice.size();
  const auto [rest, error] = std::from_chars(choice.data() + kPrefix.size(), end, index);
  if (error != std::errc() || rest != end || index < 0) fail_unknown(choice);
  return index;
}

DeviceChoice choose_cuda(const std::string& choice) {
  const std::optional<int> index = choice == "cuda" ? std::nullopt : std::optional(cuda_index(choice));
  Backend backend = load_backend("cuda");
  if (backend.devices.empty()) throw Error(ExitCode::kDevice, "--device " + choice + ": " + backend.why);
  if (!index) return all_of(std::move(backend));
  if (*index >= static_cast<int>(backend.devices.size())) {
    throw Error(ExitCode::kDevice, "--device " + choice + ": no such device, found " +
                                       std::to_string(backend.devices.size()) + " (cuda:0 first)");
  }
  DeviceChoice chosen;
  chosen.backend = std::move(backend);
  chosen.indices = {*index};
  return chosen;
}

}  // namespace

DeviceChoice choose_devices(const std::string& choice) {
  if (choice == "cpu") return all_of(cpu_backend());
  if (choice == "cuda" || choice.starts_with("cuda:")) return choose_cuda(choice);
  if (choice == "simt") {
    Backend backend = load_backend("simt");
    if (backend.devices.empty()) throw Error(ExitCode::kDevice, "--device simt: " + backend.why);
    return all_of(std::move(backend));
  }
  if (choice != "auto") fail_unknown(choice);

  Backend cuda = load_backend("cuda");
  if (!cuda.devices.empty()) return all_of(std::move(cuda));
  DeviceChoice chosen = all_of(cpu_backend());
  chosen.notice = "no CUDA device (" + cuda.why + "): using the CPU";
  return chosen;
}

}  // namespace gpu_sweep
