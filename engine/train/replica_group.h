// Trains R replicas of one shape in lock-step on a lane.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <stop_token>
#include <vector>

#include "engine/data/dataset_layout.h"
#include "engine/lane/lane.h"
#include "engine/model/weights.h"
#include "engine/program/group_layout.h"
#include "engine/train/group_spec.h"
#include "engine/train/pass.h"
#include "engine/train/run_record.h"
#include "engine/train/snapshot.h"
#include "kernels/step_state.h"

namespace gpu_sweep {

class ReplicaGroup {
 public:
  /// Allocates the arena, compiles all programs and uploads the initial state; nothing is trained yet. Throws
  /// OutOfMemory, which no other member but room_for_snapshots does: a group that was made can be trained to
  /// its end.
  /// `initial`, if not empty, holds the weights of each run of the group in place of the Glorot ones. `lane`
  /// and `dataset` must outlive the group. Once `stop` is requested, evaluate_untrained, train_epoch,
  /// evaluate and finish return within about a second (a step of the largest models takes longer) or throw
  /// Abandoned. After an abandoned epoch the group is of no more use; an abandoned evaluation changes
  /// nothing.
  ReplicaGroup(Lane& lane, const Buffer& dataset, const DatasetLayout& dataset_layout, const GroupSpec& spec,
               std::span<const Weights> initial = {}, std::stop_token stop = {});
  ~ReplicaGroup();  ///< waits for what an abandoned or failed member has queued
  ReplicaGroup(const ReplicaGroup&) = delete;
  ReplicaGroup& operator=(const ReplicaGroup&) = delete;

  const GroupSpec& spec() const { return spec_; }
  int epochs_done() const { return epochs_done_; }

  /// Point 0 of the history: evaluates the untrained replicas on the training and validation sets.
  void evaluate_untrained();

  /// In place of `evaluate_untrained`: goes on from `snapshots`, one a run, all taken after the same epoch
  /// (else std::invalid_argument).
  void resume(std::span<const Snapshot> snapshots);

  /// Every run as it stands after the epochs done; times are left to who knows them.
  std::vector<Snapshot> snapshots();

  /// Room on the host for `snapshots`, so that they can be taken later without asking for more. Throws
  /// OutOfMemory. They hold nothing yet: no run has a history.
  std::vector<Snapshot> room_for_snapshots() const;
  /// `snapshots` into what room_for_snapshots made.
  void take_snapshots(std::vector<Snapshot>& room);

  /// One epoch of training and the validation after it; appends a point to every run's history.
  void train_epoch();

  /// Loss and accuracy of every run on `set`, dropout off. Confusion matrices and predicted classes are kept
  /// as well and can be taken with `confusion` and `predictions` until the next evaluation.
  std::vector<SetFigures> evaluate(Set set);
  std::vector<ConfusionMatrix> confusion();
  std::vector<std::vector<std::uint8_t>> predictions(Set set);
  /// Class probabilities [N test, K] of the last evaluation, if it was of the test set. Empty unless spec()
  /// asks for them.
  std::vector<std::vector<Fp16>> test_probabilities();

  /// The finished runs, in the order of spec().runs: evaluates all three sets.
  std::vector<RunRecord> finish();

  /// The present weights of every run.
  std::vector<Weights> weights();

 private:
  Pass compile_pass(const Program& begin, const Program& step, int rows, int batch);
  Pass compile_evaluation(Set set, bool keep_classes);
  std::vector<SetFigures> figures_after(Pass& evaluation);
  std::vector<SetFigures> figures(std::span<const Metrics> metrics) const;
  void append_history(const std::vector<SetFigures>& train, const std::vector<SetFigures>& validation);

  /// Replica by replica, `count` elements from the start of each one's tensor, for the runs of the group.
  template <class T>
  std::vector<std::vector<T>> download(const Tensor& tensor, std::size_t count);

  Lane& lane_;
  GroupSpec spec_;
  GroupLayout layout_;
  const Buffer& dataset_;
  Buffer arena_;
  Pass training_;
  std::array<Pass, 2> points_;  // of the history: training and validation set, without classes
  std::array<Pass, 3> finals_;  // by Set, with classes
  Patience patience_;
  int epochs_done_ = 0;
  std::vector<std::vector<EpochFigures>> history_;  // [runs][epochs_done_ + 1]
};

}  // namespace gpu_sweep
