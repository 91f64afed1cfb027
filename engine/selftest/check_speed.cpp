#include <chrono>
#include <iomanip>
#include <sstream>

#include "engine/program/operands.h"
#include "engine/selftest/checks.h"
#include "engine/selftest/workbench.h"

namespace gpu_sweep {

SelftestResult measure_speed(const SelftestSubject& subject, Precision precision) {
  const SelftestScale& scale = subject.scale;
  const Dataset dataset = selftest_data(scale, scale.rows);
  const std::unique_ptr<Lane> lane = subject.make_lane({});
  ModelSpec model = selftest_model(scale, 1);
  model.batch_size = std::min(256, scale.rows);
  const GroupSpec group = selftest_group(dataset, model, precision, scale.speed_replicas);
  Workbench bench(*lane, dataset, group, scale.batch);
  const Program step = build_train_step(bench.layout());
  double flops = 0, bytes = 0;
  for (const Op& op : step.ops) {
    flops += cost(op).flops;
    bytes += static_cast<double>(cost(op).bytes);
  }
  const double seconds = bench.seconds_per_step(step, scale.speed_steps);
  std::ostringstream finding;
  finding << std::fixed << std::setprecision(1) << 1e6 * seconds << " us per step: " << bytes / seconds / 1e9
          << " GB/s, " << std::setprecision(3) << flops / seconds / 1e12 << " TFLOP/s";
  std::ostringstream plan;
  plan << std::fixed << std::setprecision(2) << "R = " << group.replicas << ", the plan counts "
       << bytes / 1e6 << " MB and " << flops / 1e9 << " GFLOP per step";
  return {std::string("speed ") + to_string(precision),
          plan.str(),
          finding.str(),
          true,
          {{"seconds a step", seconds, {}}, {"bytes a step", bytes, {}}, {"FLOPs a step", flops, {}}}};
}

}  // namespace gpu_sweep
