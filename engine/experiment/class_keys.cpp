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

}  // namespace gpu_sweep
