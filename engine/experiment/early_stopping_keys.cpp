#include "engine/experiment/early_stopping_keys.h"

#include <array>

#include "engine/data/enumerators.h"
#include "engine/experiment/key_places.h"

namespace gpu_sweep {
namespace {

constexpr std::array kMonitors = {Monitor::kNone, Monitor::kValidationLoss, Monitor::kValidationAccuracy,
                                  Monitor::kObjective};

void set_key(EarlyStoppingSpec& spec, const TomlItem& item) {
  if (item.key == "patience") {
    spec.patience = static_cast<int>(read_integer(item, kEpochsRange));
  } else if (item.key == "min_delta") {
    spec.min_delta = read_number(item, NumberRange::kNotNegative);
  } else if (item.key == "restore_best") {
    spec.restore_best = read_bool(item);
  } else {
    check_place(item, KeyPlace::kEarlyStopping, early_stopping_keys());
  }
}

}  // namespace

std::vector<std::string> monitor_names() { return enumerator_names(kMonitors); }
std::optional<Monitor> parse_monitor(std::string_view name) { return find_enumerator(kMonitors, name); }

std::vector<std::string> early_stopping_keys() {
  return {"monitor", "patience", "min_delta", "restore_best"};
}

EarlyStoppingSpec read_early_stopping(const TomlItem& item) {
  const NamedTable<Monitor> read = read_named_table(item, "monitor", parse_monitor, monitor_names());
  EarlyStoppingSpec spec;
  spec.monitor = read.name;
  for (const TomlItem& part : read.others) {
    set_key(spec, part);
    if (spec.monitor == Monitor::kNone) fail(part, "a setting without a monitor", "monitor = none alone");
  }
  return spec;
}

}  // namespace gpu_sweep
