#include "engine/selftest/trial.h"

#include <algorithm>
#include <cmath>

#include "engine/train/initial_state.h"

namespace gpu_sweep {
namespace {

constexpr int kSeeds = 2;
constexpr double kDropout = 0.25;  // 1 / (1 - 0.25) is not a power of two, so scaling by it rounds

/// Sets those settings of the update and of the loss that the group's `extras` permit. Their values are
/// chosen to have a visible effect: with SGD and Adam, for example, some gradients of the first steps are
/// clipped.
void set_extras(ModelSpec& model, const StepExtras& extras, bool even) {
  if (extras.adjusted) {
    model.optimizer.weight_decay = even ? 0.3 : 0.1;
    if (!extras.clips_norm) model.optimizer.gradient_clip_value = even ? 0.01 : 0;
  }
  if (extras.penalized) model.optimizer.l2 = even ? 0.01 : 0.05;
  if (extras.clips_norm) model.optimizer.gradient_clip_norm = even ? 0.5 : 0.25;
  if (extras.weighted_loss) model.label_smoothing = even ? 0.1 : 0;
}

/// Multiplies all values by a power of two such that the largest magnitude is in [1/2, 1). This is exact
/// unless a value becomes subnormal.
void scale_below_one(std::vector<float>& values) {
  float most = 0;
  for (const float value : values) most = std::max(most, std::fabs(value));
  int exponent = 0;
  std::frexp(most, &exponent);
  for (float& value : values) value = std::ldexp(value, -exponent);
}

}  // namespace

Dataset trial_rows(const Dataset& dataset, int batch, int steps) {
  const int wanted = steps * batch - batch / 2;
  Dataset cut = first_rows(dataset, {wanted, wanted, wanted});
  for (LabelledImages& split : cut.splits) scale_below_one(split.floats);
  return cut;
}

GroupSpec trial_of(const GroupSpec& group) {
  GroupSpec trial = group;
  trial.epochs_done = 0;
  trial.keep_probabilities = false;
  RunSpec run = group.runs.front();
  run.model.optimizer = OptimizerSpec::with_defaults(group.shape.optimizer);
  run.model.optimizer.momentum = 0.9;
  run.model.vary = {};
  trial.runs.clear();
  for (int r = 0; r < trial.replicas; ++r) {
    trial.runs.push_back(run);
    trial.runs.back().seed += static_cast<std::uint64_t>(r % kSeeds);
    ModelSpec& model = trial.runs.back().model;
    model.dropout = r % kSeeds == 0 ? kDropout : 0;
    set_extras(model, group.shape.extras, r % kSeeds == 0);
  }
  return trial;
}

GroupSpec smooth_trial_of(const GroupSpec& group) {
  GroupSpec smooth = group;
  smooth.shape.activation = Activation::kTanh;
  smooth.shape.optimizer = OptimizerKind::kSgd;
  for (RunSpec& run : smooth.runs) {
    run.model.activation = smooth.shape.activation;
    run.model.optimizer.kind = smooth.shape.optimizer;
  }
  return trial_of(smooth);
}

Trial::Trial(Lane& lane, const Dataset& rows, const GroupSpec& trial)
    : lane_(lane),
      trial_(trial),
      dataset_layout_(dataset_layout(rows)),
      layout_(group_layout(
          trial.shape, dataset_layout_, trial.replicas, trial.shape.batch, trial.shuffle,
          trial.shuffle ? lane.shuffle_scratch_bytes(trial.replicas, rows[Split::kTrain].rows) : 0)),
      dataset_bytes_(pack(rows, dataset_layout_)),
      dataset_(lane.allocate(dataset_layout_.bytes)),
      arena_(lane.allocate(layout_.arena_bytes)) {
  lane_.upload(dataset_, 0, dataset_bytes_);
}

int Trial::steps_per_epoch() const { return gpu_sweep::steps_per_epoch(layout_); }

void Trial::start() {
  lane_.clear(arena_);  // removes what the compilation of the programs left there
  std::vector<Weights> weights;
  for (std::size_t r = 0; r < trial_.runs.size(); ++r) {
    weights.push_back(r < kSeeds ? initial_weights(layout_.spec, trial_.runs[r].init_seed())
                                 : weights[r - kSeeds]);
  }
  upload_initial_state(lane_, arena_, layout_, trial_, weights);
}

}  // namespace gpu_sweep
