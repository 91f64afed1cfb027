#include "engine/data/synthetic_dataset.h"
#include "engine/selftest/checks.h"
#include "engine/selftest/device_check.h"

namespace gpu_sweep {

SelftestResult check_before_training(const SelftestSubject& subject, Precision precision) {
  const Dataset dataset = selftest_data(subject.scale, subject.scale.rows);
  const auto lane = subject.make_lane({});
  SelftestResult result = {std::string("before training ") + to_string(precision),
                           "products, operations and three steps, as before each run, R = " +
                               std::to_string(subject.scale.speed_replicas),
                           "", true};
  const auto check_one = [&](const Dataset& rows, const Variant& variant, const std::string& name) {
    ModelSpec model = selftest_model(subject.scale, 2);
    model.activation = variant.activation;
    model.optimizer = OptimizerSpec::with_defaults(variant.optimizer);
    if (variant.settings) add_settings(model);
    const GroupSpec group = selftest_group(rows, model, precision, subject.scale.speed_replicas);
    const DeviceCheck check = check_device(*lane, rows, group);
    for (const Margin& margin : check.margins) {
      result.margins.push_back({name + ", " + margin.name, margin.value, margin.bound});
    }
    if (!check.passed()) {
      if (result.passed) result.finding = name + ": " + check.complaint;
      result.passed = false;
    } else if (result.passed) {
      result.finding = check.findings;  // of the last variant
    }
  };
  for (const Variant& variant : kVariants) {
    std::string name = std::string(to_string(variant.activation)) + ", " + to_string(variant.optimizer);
    if (variant.settings) name += " with settings";
    check_one(dataset, variant, name);
  }
  check_one(with_float_inputs(dataset), kVariants.front(), "float inputs");
  return result;
}

}  // namespace gpu_sweep
