#include "engine/experiment/class_keys.h"

#include <set>
#include <string>

namespace gpu_sweep {

ClassSpec read_classes(const TomlItem* classes, const TomlItem* class_names) {
  ClassSpec spec;
  if (classes != nullptr) spec.count = static_cast<int>(read_integer(*classes, kClassesRange));
  if (class_names == nullptr) return spec;

  const std::string expected = "an array of class names such as [\"cat\", \"dog\"]";
  std::set<std::string> seen;
  for (const TomlItem& item : elements_of(*class_names, expected)) {
    spec.names.push_back(read_plain_name(item));
    if (!seen.insert(spec.names.back()).second) {
      fail(item, "a second class named " + shown_text(spec.names.back()), "unique names");
    }
  }
  const auto found = static_cast<std::int64_t>(spec.names.size());
  if (!kClassesRange.contains(found)) {
    fail(*class_names, std::to_string(found) + " names",
         std::to_string(kClassesRange.least) + " to " + std::to_string(kClassesRange.most) + " names");
  }
  if (spec.count && *spec.count != found) {
    fail(*class_names, std::to_string(found) + " names",
         "as many as `classes` says, " + std::to_string(*spec.count));
  }
  spec.count = static_cast<int>(found);
  return spec;
}

namespace {

/// Reads a table such as { fraction = 0.2, seed = 0, stratified = false }, each key of which is optional.
/// `or_none` is "", or the words of an error message that allow "none", which is then read as kNoRows.
HoldOut read_hold_out(const TomlItem& item, const std::string& or_none) {
  const std::vector<std::string> known = {"fraction", "seed", "stratified"};
  const std::string expected = or_none + "a table such as { fraction = 0.2, seed = 0, stratified = true }";
  if (!or_none.empty() && item.value->is_string() && item.value->as_string()->get() == "none") return kNoRows;
  HoldOut rows;
  for (const TomlItem& part : items_of(read_table(item, expected), item.file, item.path)) {
    if (part.key == "fraction") {
      rows.fraction = read_number(part, NumberRange::kShare);
    } else if (part.key == "seed") {
      rows.seed = static_cast<std::uint32_t>(read_integer(part, kHoldOutSeedRange));
    } else if (part.key == "stratified") {
      rows.stratified = read_bool(part);
    } else {
      fail(part, "an unknown key" + did_you_mean(part.key, known), list_of(known));
    }
  }
  return rows;
}

}  // namespace

DataSettings read_data_settings(const DataKeys& keys) {
  DataSettings settings;
  if (keys.normalize != nullptr) {
    settings.normalize = read_name(*keys.normalize, parse_normalize, normalize_names());
  }
  if (keys.validation != nullptr) settings.validation = read_hold_out(*keys.validation, "none, or ");
  if (keys.target != nullptr) settings.target = read_plain_name(*keys.target);
  if (keys.test != nullptr) settings.test = read_hold_out(*keys.test, "");
  if (keys.split != nullptr) {
    settings.split = read_name(*keys.split, parse_split_policy, split_policy_names());
  }
  if (keys.judge != nullptr) settings.judge = read_hold_out(*keys.judge, "");
  return settings;
}

}  // namespace gpu_sweep
