// Trains R replicas of one shape in lock-step on a lane.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <stop_token>
#include <vector>

#include "engine/data/dataset_layout.h"
#include "engine/lane/lane.h"
#include "engine/program/group_layout.h"
#include "engine/train/early_stopping.h"
#include "engine/train/pass.h"
#include "engine/train/plateau.h"
#include "gpu_sweep/group_spec.h"
#include "gpu_sweep/run_record.h"
#include "gpu_sweep/snapshot.h"
#include "gpu_sweep/weights.h"
#include "kernels/common/step_state.h"

namespace gpu_sweep {

class ReplicaGroup {
 public:
  /// Allocates the arena, compiles all programs and uploads the initial state. Trains nothing yet. Throws
  /// OutOfMemory. room_for_snapshots is the only other member that throws it, so a constructed group can be
  /// trained to its end. Throws std::invalid_argument if a run restores its best weights, but
  /// StepExtras::keeps_best is not set. `initial`, if not empty, holds the weights of each run of the group
  /// and replaces Glorot initialization. `lane` and `dataset` must outlive the group. Once `stop` is
  /// requested, evaluate_untrained, train_epoch, evaluate and finish return or throw Abandoned within about a
  /// second (a step of the largest models takes longer). After an abandoned epoch, the group must not be used
  /// any more. An abandoned evaluation leaves the group unchanged.
  ReplicaGroup(Lane& lane, const Buffer& dataset, const DatasetLayout& dataset_layout, const GroupSpec& spec,
               std::span<const Weights> initial = {}, std::stop_token stop = {});
  ~ReplicaGroup();  ///< waits for work queued by an abandoned or failed member function
  ReplicaGroup(const ReplicaGroup&) = delete;
  ReplicaGroup& operator=(const ReplicaGroup&) = delete;

  const GroupSpec& spec() const { return spec_; }
  int epochs_done() const { return epochs_done_; }

  /// Returns whether all epochs are trained or all runs have stopped early.
  bool is_trained() const;

  /// Evaluates the untrained replicas on the training and validation splits: point 0 of the history.
  void evaluate_untrained();

  /// Continues from `snapshots`, one per run; call it instead of `evaluate_untrained`. Throws
  /// std::invalid_argument unless all were taken after the same epoch.
  void resume(std::span<const Snapshot> snapshots);

  /// Returns snapshots of all runs after epochs_done() epochs. The caller fills in train_seconds.
  std::vector<Snapshot> snapshots();

  /// Allocates host memory for the vectors of the snapshots, so that taking snapshots later needs little more
  /// memory. Throws OutOfMemory. The snapshots in the result have no history yet.
  std::vector<Snapshot> room_for_snapshots() const;
  /// Writes `snapshots` into the result of room_for_snapshots.
  void take_snapshots(std::vector<Snapshot>& room);

  /// Trains one epoch and validates. Appends a point to the history of every run that has not stopped early.
  void train_epoch();

  /// Returns loss and accuracy of every run on `split`, without dropout. Until the next evaluation,
  /// `confusion` and `predictions` return the confusion matrices and predicted classes of this evaluation.
  std::vector<SplitMetrics> evaluate(Split split);
  std::vector<ConfusionMatrix> confusion();
  std::vector<std::vector<std::uint8_t>> predictions(Split split);
  /// Returns the class probabilities [N test, K] of the last evaluation, which must have been of the test
  /// split. Empty unless spec().keep_probabilities.
  std::vector<std::vector<Fp16>> test_probabilities();

  /// Restores the best epoch's weights of the runs that want them, evaluates all three splits and returns the
  /// finished runs in the order of spec().runs.
  std::vector<RunRecord> finish();

  /// Returns the current weights of every run.
  std::vector<Weights> weights();

 private:
  bool has_validation() const { return layout_.dataset[Split::kValidation].rows > 0; }
  Pass compile_pass(const Program& begin, const Program& step, int rows, int batch);
  Pass compile_evaluation(Split split, bool keep_classes);
  std::vector<Metrics> sums_after(Pass& evaluation);
  std::vector<SplitMetrics> split_metrics(std::span<const Metrics> of_replicas) const;
  /// `validation` is empty if there are no validation rows.
  void append_history(std::span<const Metrics> train, std::span<const Metrics> validation);
  double last_objective(std::size_t run) const;

  /// Lowers the learning rates of runs on a plateau, from the next step on.
  void follow_plateaus();
  void lower_rate(std::size_t run);

  /// Stops the runs that have not improved for long enough. Of runs that will restore their best weights,
  /// queues a copy of the weights on the device if this epoch is the best so far.
  void heed_monitors();
  bool restores_best(std::size_t run) const { return spec_.runs[run].model.early_stopping.restore_best; }
  /// Returns whether the run has had a best epoch, whose weights the arena keeps.
  bool has_best(std::size_t run) const { return restores_best(run) && stopping_[run].best_epoch() > 0; }
  void stop(std::size_t run);
  std::uint64_t state_offset(std::size_t run) const;
  void restore_best_weights();

  /// Downloads the first `count` elements of the tensor of each run's replica.
  template <class T>
  std::vector<std::vector<T>> download(const Tensor& tensor, std::size_t count);

  Lane& lane_;
  GroupSpec spec_;
  GroupLayout layout_;
  const Buffer& dataset_;
  Buffer arena_;
  Pass training_;
  std::array<Pass, 2> points_;  // of the history: training and validation split, without classes
  std::array<Pass, 3> finals_;  // by Split, with classes
  Patience patience_;
  int epochs_done_ = 0;
  std::vector<std::vector<EpochMetrics>>
      history_;                                  // [runs][epochs_done_ + 1, or less if the run has stopped]
  std::vector<std::vector<double>> objectives_;  // [runs] RunRecord::objective
  std::vector<EarlyStopping> stopping_;          // [runs]
  std::vector<Plateau> plateaus_;                // [runs]
};

/// Returns the layout of the arena that ReplicaGroup allocates for `group` on `lane`. It does not depend on
/// the group's runs or their number.
GroupLayout layout_on_lane(const Lane& lane, const DatasetLayout& dataset, const GroupSpec& group);

}  // namespace gpu_sweep
