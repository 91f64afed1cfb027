#include "engine/statistics/figure.h"

namespace gpu_sweep {

std::string to_string(const Figure& figure) {
  std::string name;
  switch (figure.set) {
    case Set::kTrain:
      name = "training";
      break;
    case Set::kValidation:
      name = "validation";
      break;
    case Set::kTest:
      name = "test";
      break;
  }
  return name + (figure.measure == Measure::kLoss ? " loss" : " accuracy");
}

double value_of(const RunRecord& run, const Figure& figure) {
  return figure.measure == Measure::kLoss ? run[figure.set].loss : run[figure.set].accuracy;
}

}  // namespace gpu_sweep
