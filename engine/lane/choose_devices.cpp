#include <algorithm>
#include <charconv>
#include <optional>
#include <string_view>
#include <utility>

#include "gpu_sweep/device.h"
#include "gpu_sweep/error.h"

namespace gpu_sweep {
namespace {

[[noreturn]] void fail_unknown(const std::string& choice) {
  throw Error(ExitCode::kUsage, "--device: found '" + choice + "', expected auto, cpu, cuda or cuda:N");
}

/// Returns the N of "KIND:N", or nothing for "KIND".
std::optional<int> index_in(const std::string& choice, std::size_t kind_length) {
  if (choice.size() == kind_length) return std::nullopt;
  int index = -1;
  const char* end = choice.data() + choice.size();
  const auto [rest, error] = std::from_chars(choice.data() + kind_length + 1, end, index);
  if (error != std::errc() || rest != end || index < 0) fail_unknown(choice);
  return index;
}

bool is_kind(const std::string& choice, const std::string& kind) {
  return choice == kind || choice.starts_with(kind + ":");
}

/// Returns "cuda:0 (Tesla V100)", or "cuda:0" if the device has no name.
std::string label(const DeviceInfo& device) {
  return device.name.empty() ? device.id : device.id + " (" + device.name + ")";
}

void append(std::string& list, const char* separator, const std::string& item) {
  list += (list.empty() ? "" : separator) + item;
}

/// Returns the unusable devices with their reasons: "cuda:0 (Tesla V100): compute capability 7.0, ...;
/// cuda:2: ...".
std::string unusable(const Backend& backend) {
  std::string text;
  for (const DeviceInfo& device : backend.devices) {
    if (!device.why_not.empty()) append(text, "; ", label(device) + ": " + device.why_not);
  }
  return text;
}

DeviceChoice choose_gpu(const std::string& kind, const std::string& choice) {
  const std::optional<int> index = index_in(choice, kind.size());
  Backend backend = load_backend(kind);
  const auto fail = [&choice](const std::string& why) -> void {
    throw Error(ExitCode::kDevice, "--device " + choice + ": " + why);
  };
  if (backend.devices.empty()) fail(backend.why);
  if (!index) {
    if (const std::string why = why_none(backend); !why.empty()) fail(why);
    return all_alike(std::move(backend));
  }
  if (*index >= static_cast<int>(backend.devices.size())) {
    fail("no such device, found " + std::to_string(backend.devices.size()) + " (" + kind + ":0 first)");
  }
  const DeviceInfo& device = backend.devices[static_cast<std::size_t>(*index)];
  if (!device.why_not.empty()) fail((device.name.empty() ? "" : device.name + ": ") + device.why_not);
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

std::string why_none(const Backend& backend) {
  if (backend.devices.empty()) return backend.why;
  const bool some =
      std::ranges::any_of(backend.devices, [](const DeviceInfo& device) { return device.why_not.empty(); });
  return some ? std::string() : unusable(backend);
}

DeviceChoice all_alike(Backend backend) {
  DeviceChoice choice;
  const DeviceInfo* first = nullptr;
  std::string others;
  for (std::size_t i = 0; i < backend.devices.size(); ++i) {
    const DeviceInfo& device = backend.devices[i];
    if (!device.why_not.empty()) continue;
    if (first == nullptr) first = &device;
    if (device.numerics == first->numerics) {
      choice.indices.push_back(static_cast<int>(i));
    } else {
      append(others, ", ", device.id + " (" + device.numerics + ")");
    }
  }
  if (const std::string broken = unusable(backend); !broken.empty()) {
    choice.notice = "cannot be used: " + broken;
  }
  if (!others.empty()) {
    append(choice.notice, "; ",
           "not used, because results would differ in the last bits from those of " + first->id + " (" +
               first->numerics + "): " + others + "; --device selects another");
  }
  choice.backend = std::move(backend);
  return choice;
}

DeviceChoice choose_devices(const std::string& choice) {
  if (choice == "cpu") return all_alike(cpu_backend());
  for (const char* kind : {"cuda", "simt"}) {
    if (is_kind(choice, kind)) return choose_gpu(kind, choice);
  }
  if (choice != "auto") fail_unknown(choice);

  Backend cuda = load_backend("cuda");
  const std::string why = why_none(cuda);
  if (why.empty()) return all_alike(std::move(cuda));
  DeviceChoice chosen = all_alike(cpu_backend());
  chosen.notice = "no CUDA device (" + why + "): using the CPU";
  return chosen;
}

}  // namespace gpu_sweep
