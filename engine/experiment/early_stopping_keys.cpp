#include "engine/experiment/early_stopping_keys.h"

#include <algorithm>
#include <array>

#include "engine/experiment/key_places.h"

namespace gpu_sweep {
namespace {

constexpr std::array kMonitors = {Monitor::kNone, Monitor::kValidationLoss, Monitor::kValidationAccuracy};

void set_key(EarlyStoppingSpec& spec, const TomlItem& item) {
  if (item.key == "patience") {
    spec.patience = static_cast<int>(read_integer(item, kEpochsRange));
  } else if (item.key == "min_delta") {
    spec.min_delta = read_number(item, NumberRange::kNotNegative);
  } else if (item.key == "restore_best") {
    spec.restore_best = read_bool(item);
  } else if (item.key != "monitor") {
    check_place(item, KeyPlace::kEarlyStopping, early_stopping_keys());
  }
}

}  // namespace

std::vector<std::string> monitor_names() {
  std::vector<std::string> names;
  for (const Monitor monitor : kMonitors) names.emplace_back(to_string(monitor));
  return names;
}

std::optional<Monitor> parse_monitor(std::string_view name) {
  const auto found =
      std::ranges::find_if(kMonitors, [&](Monitor monitor) { return name == to_string(monitor); });
  return found == kMonitors.end() ? std::nullopt : std::optional(*found);
}

std::vector<std::string> early_stopping_keys() {
  return {"monitor", "patience", "min_delta", "restore_best"};
}

EarlyStoppingSpec read_early_stopping(const TomlItem& item) {
  const std::string names = list_of(monitor_names());
  EarlyStoppingSpec spec;
  if (item.value->is_string()) {
    spec.monitor = read_name(item, parse_monitor, monitor_names());
    return spec;
  }
  const toml::table& table = read_table(item, names + ", or a table with such a monitor");
  const std::vector<TomlItem> items = items_of(table, item.file, item.path);
  const auto is_monitor = [](const TomlItem& part) { return part.key == "monitor"; };
  const auto monitor = std::ranges::find_if(items, is_monitor);
  if (monitor == items.end()) fail(item, "a table without monitor", "monitor = " + names);
  spec.monitor = read_name(*monitor, parse_monitor, monitor_names());
  for (const TomlItem& part : items) set_key(spec, part);
  return spec.monitor == Monitor::kNone ? EarlyStoppingSpec{} : spec;
}

}  // namespace gpu_sweep
