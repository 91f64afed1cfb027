#include <cmath>
#include <iomanip>
#include <sstream>

#include "engine/lane/cpu/lane.h"
#include "engine/program/group_layout.h"
#include "engine/selftest/checks.h"
#include "engine/train/group_trainer.h"

namespace gpu_sweep {
namespace {

constexpr int kTrainedSteps = 200;

/// Returns the relative tolerance of a loss. With correct products, differences of up to 0.0085 in TF32 and
/// 0.0009 in bf16 have been seen.
double training_tolerance(Precision precision) {
  switch (precision) {
    case Precision::kFp32:
      return 1e-3;
    case Precision::kTf32:
      return 2e-2;
    case Precision::kBf16:
      break;
  }
  return 3e-2;
}

}  // namespace

SelftestResult check_training(const SelftestSubject& subject, Precision precision) {
  const Dataset dataset = selftest_data(subject.scale, subject.scale.rows);
  ModelSpec model = selftest_model(subject.scale, 2);
  // The activation is smooth, so that rounding errors do not grow as they do in deep relu networks.
  model.activation = Activation::kSigmoid;
  model.optimizer = OptimizerSpec::with_defaults(OptimizerKind::kSgd);
  model.optimizer.learning_rate = 0.1;
  model.optimizer.momentum = 0.9;
  const int steps_per_epoch = batches_of(subject.scale.rows, subject.scale.batch);
  model.epochs = (kTrainedSteps + steps_per_epoch - 1) / steps_per_epoch;
  const GroupSpec group = selftest_group(dataset, model, precision, 2);
  GroupSpec on_cpu = group;
  on_cpu.shape.precision = Precision::kFp32;

  const auto device = train_group(*subject.make_lane({}), dataset, group).records;
  const auto cpu = train_group(*make_cpu_lane(), dataset, on_cpu).records;
  double worst = 0;
  for (std::size_t r = 0; r < cpu.size(); ++r) {
    for (std::size_t epoch = 0; epoch < cpu[r].history.size(); ++epoch) {
      const double expected = cpu[r].history[epoch].loss;
      const double error = std::fabs(device[r].history[epoch].loss / expected - 1);
      worst = std::fmax(worst, std::isfinite(error) ? error : HUGE_VAL);
    }
  }
  std::ostringstream finding;
  finding << std::setprecision(2) << "losses of " << model.epochs * steps_per_epoch << " steps within "
          << worst << ", allowed " << training_tolerance(precision);
  return {std::string("training ") + to_string(precision),
          "with dropout, against the CPU in fp32",
          finding.str(),
          worst <= training_tolerance(precision),
          {{"loss", worst, training_tolerance(precision)}}};
}

}  // namespace gpu_sweep
