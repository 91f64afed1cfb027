// Trains R replicas of one shape in lock-step on a lane.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <stop_token>
#include <vector>

#include "engine/data/dataset_layout.h"
#include "engine/lane/lane.h"
#include "engine/program/group_layout.h"
#include "engine/train/pass.h"
#include "engine/train/run_course.h"
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

  /// Returns whether runs have stopped early, and at most half of the replicas still train, but at least one.
  /// In a group of its own, the rest then trains faster.
  bool is_half_stopped() const;

  /// Returns the ascending indices, in spec().runs, of the runs that have ended. These are all runs after the
  /// last epoch, and those that have stopped early before it.
  std::vector<std::size_t> ended_runs() const;

  /// Evaluates the untrained replicas on the training and validation splits. The result is point 0 of the
  /// history.
  void evaluate_untrained();

  /// Continues from `snapshots`, one per run; call it instead of `evaluate_untrained`. Throws
  /// std::invalid_argument if they do not fit the group (upload_snapshots), or if one has best weights and
  /// its history has no best epoch to restore, or the reverse.
  void resume(std::span<const Snapshot> snapshots);

  /// Returns snapshots of all runs after epochs_done() epochs. The caller fills in train_seconds.
  std::vector<Snapshot> snapshots();

  /// Allocates host memory for the vectors of the snapshots, so that taking snapshots later needs little more
  /// memory. Throws OutOfMemory. The snapshots in the result have no history yet.
  std::vector<Snapshot> room_for_snapshots() const;
  /// Writes the snapshots that `snapshots` would return into `room`, which room_for_snapshots has returned.
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

  /// Returns the finished runs with the given indices. Restores the best epoch's weights of those runs that
  /// want them, and evaluates all splits that have rows, including the judging rows. Leaves the other runs
  /// unchanged.
  std::vector<RunRecord> finish(std::span<const std::size_t> runs);
  /// Finishes all runs, in the order of spec().runs.
  std::vector<RunRecord> finish();

  std::vector<Weights> weights();

 private:
  bool has_validation() const { return layout_.dataset[Split::kValidation].rows > 0; }
  Pass compile_pass(const Program& begin, Program step, int rows, int batch);
  Pass compile_evaluation(Split split, bool keep_classes);
  std::vector<Metrics> sums_after(Pass& evaluation);
  std::vector<SplitMetrics> split_metrics(std::span<const Metrics> of_replicas) const;
  /// Returns the next point of the history of each run. `validation` is empty if there are no validation
  /// rows.
  std::vector<EpochMetrics> points_of(std::span<const Metrics> train,
                                      std::span<const Metrics> validation) const;
  double objective_of(std::size_t run, const Metrics& train) const;

  /// Makes the changes on the device that a run's latest epoch calls for.
  void heed(std::size_t run, const RunCourse::Turn& turn);
  void lower_rate(std::size_t run);
  void freeze(std::size_t run);
  void keep_best_weights(std::size_t run);
  void restore_best_weights(std::size_t run);
  std::uint64_t state_offset(std::size_t run) const;

  RunRecord record_of_training(std::size_t run) const;
  /// Evaluates all replicas on `split` and writes the results of `runs` into their records. A record whose
  /// loss is not finite is marked as diverged.
  void add_results(Split split, std::span<const std::size_t> runs, std::vector<RunRecord>& records);
  /// Writes the classes and probabilities of `runs` into their records. The last evaluation must have been of
  /// the test split.
  void add_test_answers(std::span<const std::size_t> runs, std::vector<RunRecord>& records);

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
  BySplit<Pass> finals_;        // with classes
  Patience patience_;
  int epochs_done_ = 0;
  std::vector<RunCourse> courses_;  // [runs]
};

/// Returns the layout of the arena that ReplicaGroup allocates for `group` on `lane`. It does not depend on
/// the group's runs or their number.
GroupLayout layout_on_lane(const Lane& lane, const DatasetLayout& dataset, const GroupSpec& group);

}  // namespace gpu_sweep
