#include "engine/train/replica_group.h"

#include <algorithm>
#include <exception>
#include <stdexcept>
#include <string>
#include <utility>

#include "engine/program/builders.h"
#include "engine/train/initial_state.h"
#include "engine/train/objective.h"
#include "kernels/optimizer/optimizer_math.h"
#include "kernels/optimizer/schedule_math.h"

namespace gpu_sweep {

ReplicaGroup::ReplicaGroup(Lane& lane, const Buffer& dataset, const DatasetLayout& dataset_layout,
                           const GroupSpec& spec, std::span<const Weights> initial, std::stop_token stop)
    : lane_(lane),
      spec_(spec),
      layout_(layout_on_lane(lane, dataset_layout, spec)),
      dataset_(dataset),
      arena_(lane.allocate(layout_.arena_bytes)),
      training_(compile_pass(build_begin_epoch(layout_), build_train_step(layout_),
                             dataset_layout[Split::kTrain].rows, spec.shape.batch)),
      patience_(std::move(stop)) {
  for (const RunSpec& run : spec.runs) {
    courses_.emplace_back(run.model);
    const EarlyStoppingSpec& stopping = run.model.early_stopping;
    if (stopping.monitor != Monitor::kNone && stopping.restore_best && !spec.shape.extras.keeps_best) {
      throw std::invalid_argument("a run restores its best weights, but its group does not keep them");
    }
  }
  points_[index_of(Split::kTrain)] = compile_evaluation(Split::kTrain, false);
  if (has_validation()) points_[index_of(Split::kValidation)] = compile_evaluation(Split::kValidation, false);
  for (const Split split : kAllSplits) {
    if (layout_.dataset[split].rows > 0) finals_[index_of(split)] = compile_evaluation(split, true);
  }
  lane_.clear(arena_);  // removes what compiling left there
  upload_initial_state(lane_, arena_, layout_, spec_, initial);
}

ReplicaGroup::~ReplicaGroup() {
  try {
    lane_.wait();  // queued work still uses the arena and the programs
  } catch (const std::exception&) {
    // Ignored: the lane throws it again at its next use.
  }
}

Pass ReplicaGroup::compile_pass(const Program& begin, Program step, int rows, int batch) {
  step.tuned = true;
  return Pass(lane_, dataset_, arena_, begin, step, batches_of(rows, batch));
}

Pass ReplicaGroup::compile_evaluation(Split split, bool keep_classes) {
  return compile_pass(build_begin_evaluation(layout_, keep_classes),
                      build_evaluation_step(layout_, split, keep_classes), layout_.dataset[split].rows,
                      layout_.evaluation_batch);
}

void ReplicaGroup::evaluate_untrained() {
  const std::vector<Metrics> train = sums_after(points_[index_of(Split::kTrain)]);
  const std::vector<EpochMetrics> points = points_of(
      train, has_validation() ? sums_after(points_[index_of(Split::kValidation)]) : std::vector<Metrics>());
  for (std::size_t i = 0; i < courses_.size(); ++i) courses_[i].begin(points[i], objective_of(i, train[i]));
}

bool ReplicaGroup::is_trained() const { return ended_runs().size() == spec_.runs.size(); }

bool ReplicaGroup::is_half_stopped() const {
  const std::size_t ended = ended_runs().size();
  const std::size_t going_on = spec_.runs.size() - ended;
  return ended > 0 && going_on > 0 && 2 * going_on <= static_cast<std::size_t>(spec_.replicas);
}

std::vector<std::size_t> ReplicaGroup::ended_runs() const {
  std::vector<std::size_t> ended;
  for (std::size_t i = 0; i < courses_.size(); ++i) {
    if (epochs_done_ >= spec_.epochs || courses_[i].stopped()) ended.push_back(i);
  }
  return ended;
}

void ReplicaGroup::train_epoch() {
  const LaneRange range(lane_, "epoch " + std::to_string(epochs_done_ + 1));
  training_.run(lane_, patience_);
  if (has_validation()) points_[index_of(Split::kValidation)].run(lane_, patience_);
  // The training sums precede the validation sums in the arena, so one download per epoch fetches both.
  const std::size_t replicas = static_cast<std::size_t>(layout_.replicas);
  const std::size_t apart = layout_.evaluation_metrics.offset - layout_.train_metrics.offset;
  std::vector<std::byte> bytes(apart + replicas * sizeof(Metrics));
  lane_.download(arena_, layout_.train_metrics.offset, bytes);
  const auto* train = reinterpret_cast<const Metrics*>(bytes.data());
  const auto* validation = reinterpret_cast<const Metrics*>(bytes.data() + apart);
  const std::vector<EpochMetrics> points =
      points_of({train, replicas}, {validation, has_validation() ? replicas : 0});
  ++epochs_done_;
  for (std::size_t i = 0; i < courses_.size(); ++i) {
    if (!courses_[i].stopped()) heed(i, courses_[i].add(points[i], objective_of(i, train[i])));
  }
}

void ReplicaGroup::heed(std::size_t run, const RunCourse::Turn& turn) {
  if (turn.lowers_rate) lower_rate(run);
  if (turn.stops) freeze(run);
  if (turn.keeps_weights) keep_best_weights(run);
}

void ReplicaGroup::lower_rate(std::size_t run) {
  ReplicaState state;
  lane_.download(arena_, state_offset(run), std::as_writable_bytes(std::span(&state, 1)));
  state.schedule.base_rate = courses_[run].rate();
  state.learning_rate = scheduled_rate(state.schedule, state.steps);
  state.step_size = step_size(layout_.spec.optimizer, state);
  lane_.upload(arena_, state_offset(run), std::as_bytes(std::span(&state, 1)));
}

/// Sets the flag that makes updates skip the run's replica.
void ReplicaGroup::freeze(std::size_t run) {
  const std::uint32_t stopped = 1;
  lane_.upload(arena_, state_offset(run) + offsetof(ReplicaState, stopped),
               std::as_bytes(std::span(&stopped, 1)));
}

/// Queues a copy of the run's weights on the device.
void ReplicaGroup::keep_best_weights(std::size_t run) {
  lane_.copy(arena_, layout_.weights.offset + layout_.weights.replica_stride * run,
             layout_.best_weights.offset + layout_.best_weights.replica_stride * run,
             static_cast<std::size_t>(layout_.parameters.parameters) * sizeof(float));
}

std::uint64_t ReplicaGroup::state_offset(std::size_t run) const {
  return layout_.replica_state.offset + layout_.replica_state.replica_stride * run;
}

std::vector<SplitMetrics> ReplicaGroup::evaluate(Split split) {
  return split_metrics(sums_after(finals_[index_of(split)]));
}

std::vector<Metrics> ReplicaGroup::sums_after(Pass& evaluation) {
  evaluation.run(lane_, patience_);
  std::vector<Metrics> sums(static_cast<std::size_t>(layout_.replicas));
  lane_.download(arena_, layout_.evaluation_metrics.offset, std::as_writable_bytes(std::span(sums)));
  return sums;
}

std::vector<SplitMetrics> ReplicaGroup::split_metrics(std::span<const Metrics> of_replicas) const {
  static_assert(sizeof(SplitMetrics) == 2 * sizeof(double), "a new metric is computed here");
  std::vector<SplitMetrics> result;
  for (const Metrics& sums : of_replicas.first(spec_.runs.size())) {
    const auto rows = static_cast<double>(sums.rows);
    result.push_back({sums.loss_sum / rows, static_cast<double>(sums.correct) / rows});
  }
  return result;
}

std::vector<EpochMetrics> ReplicaGroup::points_of(std::span<const Metrics> train,
                                                  std::span<const Metrics> validation) const {
  static_assert(sizeof(EpochMetrics) == 4 * sizeof(double), "a new metric is computed here");
  const std::vector<SplitMetrics> trained = split_metrics(train);
  const std::vector<SplitMetrics> validated =
      validation.empty() ? std::vector<SplitMetrics>(trained.size()) : split_metrics(validation);
  std::vector<EpochMetrics> points;
  for (std::size_t i = 0; i < trained.size(); ++i) {
    points.push_back({trained[i].loss, trained[i].accuracy, validated[i].loss, validated[i].accuracy});
  }
  return points;
}

double ReplicaGroup::objective_of(std::size_t run, const Metrics& train) const {
  return mean_objective(train, step_extras(spec_.runs[run].model));
}

GroupLayout layout_on_lane(const Lane& lane, const DatasetLayout& dataset, const GroupSpec& group) {
  const std::uint64_t scratch =
      group.shuffle ? lane.shuffle_scratch_bytes(group.replicas, dataset[Split::kTrain].rows) : 0;
  return group_layout(group.shape, dataset, group.replicas, lane.traits().evaluation_batch, group.shuffle,
                      scratch, group.keep_probabilities);
}

}  // namespace gpu_sweep
