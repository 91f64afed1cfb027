// The schedule of the learning rate, in the form in which experiments, flags and tables state it.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/experiment/hyper_parameters.h"
#include "engine/experiment/toml_item.h"

namespace gpu_sweep {

/// A scalar of a schedule, as a key of its table: "factor", "warmup", ...
struct ScheduleScalar {
  const char* key;
  double ScheduleSpec::*value;
  NumberRange range;
  const char* help;
};

/// Returns the scalars of this kind, in the order in which files and messages list them. The last one is
/// `warmup`.
std::vector<ScheduleScalar> schedule_scalars(ScheduleKind kind);
/// Returns the keys of the scalars of all kinds. Each key occurs once.
std::vector<std::string> schedule_scalar_keys();

/// Returns the names of the monitors that a schedule can follow: monitor_names() without "none".
std::vector<std::string> schedule_monitor_names();

/// Returns the names in the order of the enumerators.
std::vector<std::string> schedule_names();
/// Returns nothing if the name is unknown.
std::optional<ScheduleKind> parse_schedule(std::string_view name);

/// Reads a name, or a table with a `kind` and its scalars. A scalar that is not stated has the default of the
/// kind.
ScheduleSpec read_schedule(const TomlItem& item);

}  // namespace gpu_sweep
