#include "engine/lane/profile.h"

#include <algorithm>

namespace gpu_sweep {
namespace {

std::string dimensions(std::initializer_list<std::int64_t> sizes) {
  std::string text;
  for (const std::int64_t size : sizes) text += (text.empty() ? "" : "x") + std::to_string(size);
  return text;
}

}  // namespace

void Profile::add(const std::string& label, const OpTime& time) {
  const std::lock_guard lock(mutex_);
  OpTime& sum = times_[label];
  sum.seconds += time.seconds;
  sum.calls += time.calls;
  sum.flops += time.flops;
  sum.bytes += time.bytes;
}

std::vector<std::pair<std::string, OpTime>> Profile::by_time() const {
  const std::lock_guard lock(mutex_);
  std::vector<std::pair<std::string, OpTime>> sorted(times_.begin(), times_.end());
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const auto& a, const auto& b) { return a.second.seconds > b.second.seconds; });
  return sorted;
}

std::string profile_label(const Op& op) {
  const std::string shape = std::visit(
      [](const auto& record) -> std::string {
        if constexpr (requires { record.inputs; })
          return dimensions({record.batch, record.inputs, record.outputs});
        if constexpr (requires { record.features; }) return dimensions({record.batch, record.features});
        if constexpr (requires { record.width; }) return dimensions({record.batch, record.width});
        if constexpr (requires { record.parameters; }) return dimensions({record.parameters});
        if constexpr (requires {
                        record.batch;
                        record.classes;
                      })
          return dimensions({record.batch, record.classes});
        if constexpr (requires { record.rows; }) return dimensions({record.rows});
        return "";
      },
      op);
  return std::string(name(op)) + (shape.empty() ? "" : " " + shape);
}

}  // namespace gpu_sweep
