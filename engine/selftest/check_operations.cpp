#include <cmath>
#include <iomanip>
#include <map>
#include <sstream>

#include "engine/data/synthetic_dataset.h"
#include "engine/selftest/checks.h"
#include "engine/selftest/judge.h"
#include "engine/selftest/workbench.h"

namespace gpu_sweep {
namespace {

constexpr int kReplicas = 3;

/// Returns sizes that are small enough for judging every operation in double precision on one core.
SelftestScale small(const SelftestScale& scale) {
  SelftestScale smaller = scale;
  smaller.side = std::min(scale.side, 12);
  smaller.batch = std::min(scale.batch, 48);
  return smaller;
}

ModelSpec model_of(const SelftestScale& scale, const Variant& variant) {
  ModelSpec model = selftest_model(scale, 2);
  // The second width is odd, so that the code for single elements is tested, too.
  model.hidden = {std::min(scale.widest, 40), std::min(scale.widest, 32) / 2 + 1};
  model.activation = variant.activation;
  model.optimizer = OptimizerSpec::with_defaults(variant.optimizer);
  model.optimizer.momentum = 0.9;
  if (variant.settings) add_settings(model);
  return model;
}

/// Runs operations one by one, judges them, and keeps the largest errors.
class Court {
 public:
  Court(Workbench& bench, Verdict& verdict, std::map<std::string, double>& worst, int& judged)
      : bench_(bench), verdict_(verdict), worst_(worst), judged_(judged) {}

  void hear(const Program& program, int steps_done) {
    for (const Op& op : program.ops) {
      const std::vector<std::byte> before = bench_.arena();
      bench_.run_alone(program, op);
      const std::vector<std::byte> after = bench_.arena();
      const Verdict verdict = judge(op, {bench_.dataset(), before, after, steps_done});
      verdict_.worst = std::fmax(verdict_.worst, verdict.worst);
      worst_[name(op)] = std::fmax(worst_[name(op)], verdict.worst);
      if (verdict_.complaint.empty()) verdict_.complaint = verdict.complaint;
      ++judged_;
    }
  }

 private:
  Workbench& bench_;
  Verdict& verdict_;
  std::map<std::string, double>& worst_;  // by operation
  int& judged_;
};

}  // namespace

SelftestResult check_operations(const SelftestSubject& subject, Precision precision) {
  const SelftestScale scale = small(subject.scale);
  const Dataset dataset = selftest_data(scale, scale.batch * 3 / 2);
  const std::unique_ptr<Lane> lane = subject.make_lane({});
  Verdict verdict;
  std::map<std::string, double> worst;
  int judged = 0;
  const Dataset floats = with_float_inputs(dataset);
  const auto hear = [&](const Dataset& rows, const Variant& variant) {
    const GroupSpec group = selftest_group(rows, model_of(scale, variant), precision, kReplicas);
    Workbench bench(*lane, rows, group, scale.batch / 4);
    Court court(bench, verdict, worst, judged);
    court.hear(build_begin_epoch(bench.layout()), 0);
    for (const int step : {0, 1}) court.hear(build_train_step(bench.layout()), step);
    court.hear(build_begin_evaluation(bench.layout(), true), 2);
    court.hear(build_evaluation_step(bench.layout(), Split::kTest, true), 2);
  };
  for (const Variant& variant : kVariants) hear(dataset, variant);
  hear(floats, kVariants.front());
  std::ostringstream finding;
  finding << judged << " operations, largest error " << std::setprecision(2) << verdict.worst
          << " of its bound";
  const bool passed = verdict.complaint.empty();
  std::vector<Margin> margins;
  for (const auto& [operation, error] : worst)
    margins.push_back({operation + ", part of its bound", error, 1});
  return {std::string("operations ") + to_string(precision), "each one against double precision",
          passed ? finding.str() : verdict.complaint, passed, std::move(margins)};
}

}  // namespace gpu_sweep
