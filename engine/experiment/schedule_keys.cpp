#include "engine/experiment/schedule_keys.h"

#include <algorithm>
#include <iterator>

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
  return key == "warmup" || std::ranges::any_of(kOwnScalars, [&](const OwnScalar& own) {
           return own.kind == kind && own.key == key;
         });
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

std::vector<std::string> schedule_names() {
  std::vector<std::string> names;
  for (const ScheduleKind kind : kSchedules) names.emplace_back(to_string(kind));
  return names;
}

std::optional<ScheduleKind> parse_schedule(std::string_view name) {
  for (const ScheduleKind kind : kSchedules) {
    if (name == to_string(kind)) return kind;
  }
  return std::nullopt;
}

ScheduleSpec read_schedule(const TomlItem& item) {
  const std::string names = list_of(schedule_names());
  if (item.value->is_string()) {
    return ScheduleSpec::with_defaults(read_name(item, parse_schedule, schedule_names()));
  }
  const toml::table& table = read_table(item, names + ", or a table with such a kind");
  const std::vector<TomlItem> items = items_of(table, item.file, item.path);
  const auto is_kind = [](const TomlItem& part) { return part.key == "kind"; };
  const auto kind = std::ranges::find_if(items, is_kind);
  if (kind == items.end()) fail(item, "a table without kind", "kind = " + names);
  ScheduleSpec spec = ScheduleSpec::with_defaults(read_name(*kind, parse_schedule, schedule_names()));
  for (const TomlItem& part : items) {
    if (!is_kind(part)) set_schedule_scalar(spec, part);
  }
  return spec;
}

}  // namespace gpu_sweep
