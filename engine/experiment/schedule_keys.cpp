#include "engine/experiment/schedule_keys.h"

#include <algorithm>
#include <iterator>

#include "engine/data/enumerators.h"
#include "engine/experiment/early_stopping_keys.h"
#include "engine/experiment/key_places.h"

namespace gpu_sweep {
namespace {

struct OwnScalar {
  ScheduleKind kind;
  std::string_view key;
};

constexpr OwnScalar kOwnScalars[] = {
#define GPU_SWEEP_SCHEDULE_OWN_SCALAR(enumerator, key, default) {ScheduleKind::enumerator, #key},
#include "gpu_sweep/schedules.def"
};

constexpr ScheduleScalar kAllScalars[] = {
#define GPU_SWEEP_SCHEDULE_SCALAR(key, range, default, help) \
  {#key, &ScheduleSpec::key, NumberRange::range, help},
#include "gpu_sweep/schedules.def"
};

bool has(ScheduleKind kind, std::string_view key) {
  return key == "warmup" || (key == "monitor" && has_monitor(kind)) ||
         std::ranges::any_of(kOwnScalars,
                             [&](const OwnScalar& own) { return own.kind == kind && own.key == key; });
}

std::vector<std::string> schedules_with(const std::string& key) {
  std::vector<std::string> names;
  for (const ScheduleKind kind : kSchedules) {
    if (has(kind, key)) names.emplace_back(to_string(kind));
  }
  return names;
}

void set_schedule_scalar(ScheduleSpec& spec, const TomlItem& item) {
  std::vector<std::string> known = {"kind"};
  if (has_monitor(spec.kind)) {
    if (item.key == "monitor") {
      spec.monitor = read_name(item, parse_monitor, schedule_monitor_names());
      if (spec.monitor != Monitor::kNone) return;
      fail(item, describe(*item.value), list_of(schedule_monitor_names()));
    }
    known.emplace_back("monitor");
  }
  for (const ScheduleScalar& scalar : schedule_scalars(spec.kind)) {
    if (item.key == scalar.key) {
      spec.*scalar.value = read_number(item, scalar.range);
      return;
    }
    known.emplace_back(scalar.key);
  }
  const std::vector<std::string> others = schedules_with(item.key);
  if (!others.empty()) {
    fail(item, "a key of " + list_of(others) + ", but the schedule is " + to_string(spec.kind),
         list_of(known));
  }
  check_place(item, KeyPlace::kSchedule, known);
}

}  // namespace

std::vector<ScheduleScalar> schedule_scalars(ScheduleKind kind) {
  std::vector<ScheduleScalar> scalars;
  std::ranges::copy_if(kAllScalars, std::back_inserter(scalars),
                       [kind](const ScheduleScalar& scalar) { return has(kind, scalar.key); });
  return scalars;
}

std::vector<std::string> schedule_scalar_keys() {
  std::vector<std::string> keys;
  for (const ScheduleScalar& scalar : kAllScalars) keys.emplace_back(scalar.key);
  return keys;
}

std::vector<std::string> schedule_monitor_names() {
  std::vector<std::string> names = monitor_names();
  std::erase(names, to_string(Monitor::kNone));
  return names;
}

std::vector<std::string> schedule_names() { return enumerator_names(kSchedules); }
std::optional<ScheduleKind> parse_schedule(std::string_view name) {
  return find_enumerator(kSchedules, name);
}

ScheduleSpec read_schedule(const TomlItem& item) {
  const NamedTable<ScheduleKind> read = read_named_table(item, "kind", parse_schedule, schedule_names());
  ScheduleSpec spec = ScheduleSpec::with_defaults(read.name);
  for (const TomlItem& part : read.others) set_schedule_scalar(spec, part);
  return spec;
}

}  // namespace gpu_sweep
