#include "engine/statistics/metric.h"

namespace gpu_sweep {

std::string to_string(const Metric& metric) {
  std::string name;
  switch (metric.split) {
    case Split::kTrain:
      name = "training";
      break;
    case Split::kValidation:
      name = "validation";
      break;
    case Split::kTest:
      name = "test";
      break;
    case Split::kJudging:
      name = "judging";
      break;
  }
  return name + (metric.measure == Measure::kLoss ? " loss" : " accuracy");
}

double value_of(const RunRecord& run, const Metric& metric) {
  return metric.measure == Measure::kLoss ? run[metric.split].loss : run[metric.split].accuracy;
}

}  // namespace gpu_sweep
