// Full-length runs for tests of final metrics: Fashion-MNIST, 50 epochs, on the CPU.
#pragma once

#include <string>
#include <vector>

#include "gpu_sweep/error.h"
#include "gpu_sweep/find_data.h"
#include "gpu_sweep/load_dataset.h"
#include "gpu_sweep/planner.h"
#include "gpu_sweep/scheduler.h"

namespace gpu_sweep::test {

/// Trains runs of one model with the study's settings and the seeds 0, 1, ..., and returns them in the order
/// in which they finish. Throws Error(kData) if Fashion-MNIST is not found.
inline std::vector<RunRecord> train_on_fashion_mnist(const std::string& name, const std::vector<int>& hidden,
                                                     int runs, Precision precision = Precision::kFp32) {
  DataRemarks remarks;
  const Dataset dataset = load_dataset(find_data(""), &remarks);
  if (!dataset.is_fashion_mnist) throw Error(ExitCode::kData, "not Fashion-MNIST: " + remarks.notice);
  Experiment experiment;
  experiment.name = "fashion_mnist_runs";
  experiment.runs = runs;
  experiment.models.push_back({});
  experiment.models[0].name = name;
  experiment.models[0].hidden = hidden;

  PlanOptions options;
  options.precision = precision;
  std::vector<RunRecord> records;
  SweepEvents events;
  events.on_run = [&](const RunRecord& run, const Weights&) { records.push_back(run); };
  const DeviceChoice cpu = choose_devices("cpu");
  run_groups(plan_groups(expand(experiment, dataset, options), dataset, options), dataset, cpu,
             {.lanes = cpu.backend.devices[0].default_lanes, .events = events});
  return records;
}

/// Returns the final loss or accuracy of every run on one split.
inline std::vector<double> metrics(const std::vector<RunRecord>& runs, Split split, bool loss) {
  std::vector<double> values;
  for (const RunRecord& run : runs) values.push_back(loss ? run[split].loss : run[split].accuracy);
  return values;
}

}  // namespace gpu_sweep::test
