#include "engine/selftest/device_check.h"

#include "engine/data/dataset_layout.h"
#include "engine/selftest/exact_products.h"
#include "engine/selftest/first_steps.h"
#include "engine/selftest/own_operations.h"
#include "engine/train/replica_group.h"

namespace gpu_sweep {
namespace {

void add(DeviceCheck& check, const char* part, const std::vector<Margin>& margins,
         const std::string& findings) {
  for (const Margin& margin : margins) {
    check.margins.push_back({std::string(part) + ": " + margin.name, margin.value, margin.bound});
  }
  check.findings += (check.findings.empty() ? "" : "; ") + findings;
}

}  // namespace

DeviceCheck check_device(Lane& lane, const Dataset& dataset, const GroupSpec& group) {
  DeviceCheck check;
  const GroupLayout layout = layout_on_lane(lane, dataset_layout(dataset), group);
  const ExactProducts exact = multiply_integers(lane, products_of(layout));
  add(check, "products", exact.margins(), std::to_string(exact.products) + " products exact");
  if (exact.wrong > 0) {
    check.complaint = exact.first;
    return check;
  }
  const OwnOperations own = judge_operations(lane, dataset, group);
  add(check, "operations", own.margins(), std::to_string(own.judged) + " operations right");
  if (!own.complaint.empty()) {
    check.complaint = own.complaint;
    return check;
  }
  const FirstSteps steps = compare_first_steps(lane, dataset, group);
  add(check, "first steps", steps.margins(), "three steps differ from the CPU's: " + steps.text());
  if (!steps.agree()) check.complaint = "three steps differ from the CPU's: " + steps.text();
  return check;
}

}  // namespace gpu_sweep
