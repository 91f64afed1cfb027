#include "engine/train/replica_group.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <exception>
#include <limits>
#include <new>
#include <stdexcept>
#include <string>
#include <utility>

#include "engine/lane/host_memory.h"
#include "engine/lane/lane.h"
#include "engine/lane/out_of_memory.h"
#include "engine/program/builders.h"
#include "engine/train/group_snapshots.h"
#include "engine/train/initial_state.h"
#include "engine/train/objective.h"
#include "kernels/optimizer/optimizer_math.h"
#include "kernels/optimizer/schedule_math.h"

namespace gpu_sweep {
namespace {

std::size_t index_of(Split split) { return static_cast<std::size_t>(split); }

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

/// Those of a split without rows.
constexpr SplitMetrics kNoMetrics = {kNaN, kNaN};

}  // namespace

ReplicaGroup::ReplicaGroup(Lane& lane, const Buffer& dataset, const DatasetLayout& dataset_layout,
                           const GroupSpec& spec, std::span<const Weights> initial, std::stop_token stop)
    : lane_(lane),
      spec_(spec),
      layout_(layout_on_lane(lane, dataset_layout, spec)),
      dataset_(dataset),
      arena_(lane.allocate(layout_.arena_bytes)),
      training_(compile_pass(build_begin_epoch(layout_), build_train_step(layout_),
                             dataset_layout[Split::kTrain].rows, spec.shape.batch)),
      patience_(std::move(stop)),
      history_(spec.runs.size()),
      objectives_(spec.runs.size()) {
  for (const RunSpec& run : spec.runs) {
    stopping_.emplace_back(run.model.early_stopping);
    plateaus_.emplace_back(run.model);
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

Pass ReplicaGroup::compile_pass(const Program& begin, const Program& step, int rows, int batch) {
  return Pass(lane_, dataset_, arena_, begin, step, batches_of(rows, batch));
}

Pass ReplicaGroup::compile_evaluation(Split split, bool keep_classes) {
  return compile_pass(build_begin_evaluation(layout_, keep_classes),
                      build_evaluation_step(layout_, split, keep_classes), layout_.dataset[split].rows,
                      layout_.evaluation_batch);
}

void ReplicaGroup::evaluate_untrained() {
  const std::vector<Metrics> train = sums_after(points_[index_of(Split::kTrain)]);
  append_history(
      train, has_validation() ? sums_after(points_[index_of(Split::kValidation)]) : std::vector<Metrics>());
}

void ReplicaGroup::resume(std::span<const Snapshot> snapshots) {
  upload_snapshots(lane_, arena_, layout_, spec_, snapshots);
  for (std::size_t i = 0; i < snapshots.size(); ++i) {
    history_[i] = snapshots[i].history;
    objectives_[i] = snapshots[i].objective;
    if (step_extras(spec_.runs[i].model).has_objective()) objectives_[i].resize(history_[i].size(), kNaN);
    for (std::size_t epoch = 1; epoch < history_[i].size(); ++epoch) {
      const double objective = objective_at(history_[i], objectives_[i], epoch);
      stopping_[i].see(history_[i][epoch], objective);
      plateaus_[i].see(history_[i][epoch], objective);
    }
    if (has_best(i) == snapshots[i].best_weights.empty()) {
      throw std::invalid_argument("a snapshot's best weights do not fit its history");
    }
    // The snapshot has the learning rate of the next step, but not the rate from which the schedule derives
    // it.
    if (has_monitor(spec_.runs[i].model.schedule.kind)) {
      const double rate = plateaus_[i].rate();
      lane_.upload(arena_, state_offset(i) + offsetof(ReplicaState, schedule.base_rate),
                   std::as_bytes(std::span(&rate, 1)));
    }
    if (stopping_[i].stopped()) stop(i);
  }
  epochs_done_ = snapshots[0].epochs_done();
}

std::vector<Snapshot> ReplicaGroup::snapshots() {
  std::vector<Snapshot> result = empty_snapshots(layout_, spec_);
  take_snapshots(result);
  return result;
}

std::vector<Snapshot> ReplicaGroup::room_for_snapshots() const {
  const std::uint64_t bytes = snapshot_bytes(layout_) * spec_.runs.size();
  // Linux overcommits memory and kills the process that touches too much of it: check before touching.
  const std::uint64_t available = available_host_memory();
  if (bytes <= available) {
    try {
      return empty_snapshots(layout_, spec_);
    } catch (const std::bad_alloc&) {
      // Reported below.
    }
  }
  throw OutOfMemory("cpu", std::to_string(bytes) + " bytes asked for snapshots", available);
}

void ReplicaGroup::take_snapshots(std::vector<Snapshot>& room) {
  for (std::size_t i = 0; i < room.size(); ++i) {
    room[i].best_weights.resize(has_best(i) ? static_cast<std::size_t>(layout_.parameters.parameters) : 0);
  }
  download_snapshots(lane_, arena_, layout_, room);
  for (std::size_t i = 0; i < room.size(); ++i) {
    room[i].history = history_[i];
    room[i].objective = objectives_[i];
    // A run that stopped has done fewer steps than its group.
    room[i].step = static_cast<std::uint32_t>(room[i].epochs_done() * steps_per_epoch(layout_));
  }
}

bool ReplicaGroup::is_trained() const {
  if (epochs_done_ >= spec_.epochs) return true;
  return std::ranges::all_of(stopping_, [](const EarlyStopping& run) { return run.stopped(); });
}

void ReplicaGroup::stop(std::size_t run) {
  const std::uint32_t stopped = 1;
  lane_.upload(arena_, state_offset(run) + offsetof(ReplicaState, stopped),
               std::as_bytes(std::span(&stopped, 1)));
}

std::uint64_t ReplicaGroup::state_offset(std::size_t run) const {
  return layout_.replica_state.offset + layout_.replica_state.replica_stride * run;
}

void ReplicaGroup::follow_plateaus() {
  for (std::size_t i = 0; i < plateaus_.size(); ++i) {
    if (!stopping_[i].stopped() && plateaus_[i].see(history_[i].back(), last_objective(i))) lower_rate(i);
  }
}

void ReplicaGroup::lower_rate(std::size_t run) {
  ReplicaState state;
  lane_.download(arena_, state_offset(run), std::as_writable_bytes(std::span(&state, 1)));
  state.schedule.base_rate = plateaus_[run].rate();
  state.learning_rate = scheduled_rate(state.schedule, state.steps);
  state.step_size = step_size(layout_.spec.optimizer, state);
  lane_.upload(arena_, state_offset(run), std::as_bytes(std::span(&state, 1)));
}

void ReplicaGroup::heed_monitors() {
  const auto bytes = static_cast<std::size_t>(layout_.parameters.parameters) * sizeof(float);
  for (std::size_t i = 0; i < stopping_.size(); ++i) {
    if (stopping_[i].stopped()) continue;
    const bool improved = stopping_[i].see(history_[i].back(), last_objective(i));
    if (stopping_[i].stopped()) stop(i);
    if (!improved || !restores_best(i)) continue;
    lane_.copy(arena_, layout_.weights.offset + layout_.weights.replica_stride * i,
               layout_.best_weights.offset + layout_.best_weights.replica_stride * i, bytes);
  }
}

/// Once per run, so the weights may go through the host, which also rounds them to bf16.
void ReplicaGroup::restore_best_weights() {
  std::vector<float> best(static_cast<std::size_t>(layout_.parameters.parameters));
  for (std::size_t i = 0; i < stopping_.size(); ++i) {
    if (!has_best(i)) continue;
    lane_.download(arena_, layout_.best_weights.offset + layout_.best_weights.replica_stride * i,
                   std::as_writable_bytes(std::span(best)));
    upload_parameters(lane_, arena_, layout_, static_cast<int>(i), best);
  }
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
  append_history({train, replicas}, {validation, has_validation() ? replicas : 0});
  ++epochs_done_;
  follow_plateaus();
  heed_monitors();
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

void ReplicaGroup::append_history(std::span<const Metrics> train, std::span<const Metrics> validation) {
  static_assert(sizeof(EpochMetrics) == 4 * sizeof(double), "a new metric is computed here");
  const std::vector<SplitMetrics> trained = split_metrics(train);
  const std::vector<SplitMetrics> validated =
      validation.empty() ? std::vector(trained.size(), kNoMetrics) : split_metrics(validation);
  for (std::size_t i = 0; i < history_.size(); ++i) {
    if (stopping_[i].stopped()) continue;
    history_[i].push_back({trained[i].loss, trained[i].accuracy, validated[i].loss, validated[i].accuracy});
    const StepExtras extras = step_extras(spec_.runs[i].model);
    if (extras.has_objective()) objectives_[i].push_back(mean_objective(train[i], extras));
  }
}

double ReplicaGroup::last_objective(std::size_t run) const {
  return objective_at(history_[run], objectives_[run], history_[run].size() - 1);
}

template <class T>
std::vector<std::vector<T>> ReplicaGroup::download(const Tensor& tensor, std::size_t count) {
  std::vector<std::vector<T>> values(spec_.runs.size(), std::vector<T>(count));
  std::vector<Part> parts;
  for (std::size_t r = 0; r < values.size(); ++r) {
    parts.push_back(
        {tensor.offset + tensor.replica_stride * r, std::as_writable_bytes(std::span(values[r]))});
  }
  lane_.download(arena_, parts);
  return values;
}

std::vector<ConfusionMatrix> ReplicaGroup::confusion() {
  const int classes = layout_.spec.classes;
  std::vector<ConfusionMatrix> matrices;
  for (auto& counts :
       download<std::uint32_t>(layout_.confusion, static_cast<std::size_t>(classes) * classes)) {
    matrices.push_back({classes, std::move(counts)});
  }
  return matrices;
}

std::vector<std::vector<std::uint8_t>> ReplicaGroup::predictions(Split split) {
  return download<std::uint8_t>(layout_.predictions, static_cast<std::size_t>(layout_.dataset[split].rows));
}

std::vector<std::vector<Fp16>> ReplicaGroup::test_probabilities() {
  if (!layout_.keep_probabilities) return std::vector<std::vector<Fp16>>(spec_.runs.size());
  const auto rows = static_cast<std::size_t>(layout_.dataset[Split::kTest].rows);
  return download<Fp16>(layout_.probabilities, rows * static_cast<std::size_t>(layout_.spec.classes));
}

std::vector<Weights> ReplicaGroup::weights() {
  std::vector<Weights> result;
  for (const auto& vector :
       download<float>(layout_.weights, static_cast<std::size_t>(layout_.parameters.parameters))) {
    result.push_back(strip_weights(vector, layout_.parameters));
  }
  return result;
}

std::vector<RunRecord> ReplicaGroup::finish() {
  restore_best_weights();
  std::vector<RunRecord> records(spec_.runs.size());
  for (std::size_t i = 0; i < records.size(); ++i) {
    records[i].model = spec_.runs[i].model.name;
    records[i].seed = spec_.runs[i].seed;
    records[i].key = spec_.runs[i].key;
    records[i].history = history_[i];
    records[i].objective = objectives_[i];
    for (std::size_t epoch = 0; epoch < history_[i].size() && !records[i].diverged_epoch; ++epoch) {
      if (!std::isfinite(history_[i][epoch].loss)) records[i].diverged_epoch = static_cast<int>(epoch);
    }
  }
  for (const Split split : kAllSplits) {
    const std::size_t at = index_of(split);
    if (layout_.dataset[split].rows == 0) {
      const int classes = layout_.spec.classes;
      for (RunRecord& record : records) {
        record.final[at] = kNoMetrics;
        record.confusion[at] = {classes, std::vector<std::uint32_t>(static_cast<std::size_t>(classes) *
                                                                    static_cast<std::size_t>(classes))};
      }
      continue;
    }
    const std::vector<SplitMetrics> final = evaluate(split);
    std::vector<ConfusionMatrix> matrices = confusion();
    for (std::size_t i = 0; i < records.size(); ++i) {
      records[i].final[at] = final[i];
      records[i].confusion[at] = std::move(matrices[i]);
      if (!std::isfinite(final[i].loss) && !records[i].diverged_epoch)
        records[i].diverged_epoch = static_cast<int>(history_[i].size()) - 1;
    }
  }
  // The test split came last: its classes and probabilities are still in the arena.
  std::vector<std::vector<std::uint8_t>> classes = predictions(Split::kTest);
  std::vector<std::vector<Fp16>> probabilities = test_probabilities();
  for (std::size_t i = 0; i < records.size(); ++i) {
    records[i].test_predictions = std::move(classes[i]);
    records[i].test_probabilities = std::move(probabilities[i]);
  }
  return records;
}

GroupLayout layout_on_lane(const Lane& lane, const DatasetLayout& dataset, const GroupSpec& group) {
  const std::uint64_t scratch =
      group.shuffle ? lane.shuffle_scratch_bytes(group.replicas, dataset[Split::kTrain].rows) : 0;
  return group_layout(group.shape, dataset, group.replicas, lane.traits().evaluation_batch, group.shuffle,
                      scratch, group.keep_probabilities);
}

}  // namespace gpu_sweep
