#include <charconv>
#include <optional>
#include <string_view>
#include <utility>

#include "engine/error.h"
#include "engine/lane/device.h"

namespace gpu_sweep {
namespace {

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
  if (!index) return all_alike(std::move(backend));
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

std::vector<Precision> precisions_of(const DeviceInfo& device) {
  std::vector<Precision> precisions = {Precision::kFp32};
  if (device.supports_tf32) precisions.push_back(Precision::kTf32);
  if (device.supports_bf16) precisions.push_back(Precision::kBf16);
  return precisions;
}

DeviceChoice all_alike(Backend backend) {
  DeviceChoice choice;
  const std::string& numerics = backend.devices.at(0).numerics;
  std::string others;
  for (std::size_t i = 0; i < backend.devices.size(); ++i) {
    const DeviceInfo& device = backend.devices[i];
    if (device.numerics == numerics) {
      choice.indices.push_back(static_cast<int>(i));
    } else {
      others += (others.empty() ? "" : ", ") + device.id + " (" + device.numerics + ")";
    }
  }
  if (!others.empty()) {
    choice.notice = "not used, since other last bits would mix with those of " + backend.devices[0].id +
                    " (" + numerics + "): " + others + "; --device names another";
  }
  choice.backend = std::move(backend);
  return choice;
}

DeviceChoice choose_devices(const std::string& choice) {
  if (choice == "cpu") return all_alike(cpu_backend());
  if (choice == "cuda" || choice.starts_with("cuda:")) return choose_cuda(choice);
  if (choice == "simt") {
    Backend backend = load_backend("simt");
    if (backend.devices.empty()) throw Error(ExitCode::kDevice, "--device simt: " + backend.why);
    return all_alike(std::move(backend));
  }
  if (choice != "auto") fail_unknown(choice);

  Backend cuda = load_backend("cuda");
  if (!cuda.devices.empty()) return all_alike(std::move(cuda));
  DeviceChoice chosen = all_alike(cpu_backend());
  chosen.notice = "no CUDA device (" + cuda.why + "): using the CPU";
  return chosen;
}

}  // namespace gpu_sweep
