#include "engine/study/tuned_file.h"

#include <cstdlib>
#include <fstream>
#include <nlohmann/json.hpp>

#include "engine/experiment/hyper_parameters.h"
#include "engine/store/files/atomic_file.h"
#include "gpu_sweep/error.h"

namespace gpu_sweep {
namespace {

using Json = nlohmann::ordered_json;

constexpr int kMost = 65'535;  // largest plausible number of replicas or lanes in the file

bool is_for(const Json& entry, const DeviceInfo& device, Precision precision) {
  return entry.at("card") == device.name && entry.at("driver") == device.driver &&
         entry.at("precision") == to_string(precision);
}

Grouping grouping_of(const Json& entry) {
  const Grouping grouping = {entry.at("replicas_per_group").get<int>(), entry.at("lanes").get<int>()};
  if (grouping.replicas < 1 || grouping.replicas > kMost || grouping.lanes < 1 || grouping.lanes > kMost) {
    throw std::out_of_range("a number out of range");
  }
  return grouping;
}

/// Returns all entries, or no entries if the file cannot be opened. Throws the parser's errors, and
/// std::out_of_range for a grouping that is not plausible.
Json read_entries(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  if (!stream) return Json::array();
  Json entries = Json::parse(stream).at("tuned");
  for (const Json& entry : entries) grouping_of(entry);
  return entries;
}

}  // namespace

std::filesystem::path tuned_file() {
  const auto absolute = [](const char* name) -> std::filesystem::path {
    const char* value = std::getenv(name);
    return value != nullptr && value[0] == '/' ? value : "";
  };
  if (const auto cache = absolute("XDG_CACHE_HOME"); !cache.empty()) return cache / "gpu_sweep/tuned.json";
  if (const auto home = absolute("HOME"); !home.empty()) return home / ".cache/gpu_sweep/tuned.json";
  throw Error(ExitCode::kOutput,
              "no place to save the tuned grouping: found neither $XDG_CACHE_HOME nor $HOME");
}

std::optional<Grouping> tuned_grouping(const DeviceInfo& device, Precision precision, std::string& warning) {
  try {
    for (const Json& entry : read_entries(tuned_file())) {
      if (is_for(entry, device, precision)) return grouping_of(entry);
    }
  } catch (const Error&) {
    // The environment does not say where the file is.
  } catch (const std::exception&) {
    warning = tuned_file().string() + ": not written by gpu_sweep tune, so it is ignored";
  }
  return std::nullopt;
}

void keep_tuned_grouping(const DeviceInfo& device, Precision precision, const Grouping& grouping) {
  const std::filesystem::path file = tuned_file();
  Json kept = Json::array();
  try {
    for (const Json& entry : read_entries(file)) {
      if (!is_for(entry, device, precision)) kept.push_back(entry);
    }
  } catch (const std::exception&) {
    kept = Json::array();  // a damaged file is replaced
  }
  kept.push_back({{"card", device.name},
                  {"driver", device.driver},
                  {"precision", to_string(precision)},
                  {"replicas_per_group", grouping.replicas},
                  {"lanes", grouping.lanes}});
  make_directory(file.parent_path());
  rewrite_file_atomically(file, Json({{"tuned", kept}}).dump(2) + "\n");
}

}  // namespace gpu_sweep
