// One group of a study model on a lane, with random data, for timing its operations.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "engine/lane/lane.h"
#include "engine/program/group_layout.h"
#include "engine/program/program.h"
#include "gpu_sweep/device.h"

namespace gpu_sweep {

/// Sizes of the data and the models.
struct StudySizes {
  int pixels;
  int batch;
  int train_rows;
  int evaluation_rows;      ///< of the validation split, and also of the test split
  std::vector<int> widths;  ///< of the deepest model's hidden layers
};

/// Returns the sizes of Fashion-MNIST and of the study. On the stand-in for a card, returns a few rows and
/// narrow layers. Times on the stand-in mean nothing, so it is enough that every operation runs.
StudySizes study_sizes(const std::string& device_kind);

class StudyStep {
 public:
  /// Builds the step on the first of the chosen devices. `hidden_layers` 1..5 selects the model of the study:
  /// 256 [128 [64 [32 [16]]]], batch 256, relu, Adam, dropout 0.2.
  StudyStep(const DeviceChoice& choice, int hidden_layers, Precision precision, int replicas,
            const LaneOptions& options = {});

  Lane& lane() { return *lane_; }
  Memory memory() const { return {dataset_.data(), arena_.data()}; }
  const Program& train_step() const { return train_step_; }
  const Program& evaluation_step() const { return evaluation_step_; }
  int steps_per_epoch() const;  ///< counts only steps with a full batch

  /// Compiles `repeats` executions of `op` alone. They can be run repeatedly, on operands with plausible
  /// values.
  CompiledProgram compile_alone(const Op& op, int repeats);
  CompiledProgram compile(const Program& program, int repeats = 1) {
    return lane_->compile(program, dataset_, arena_, repeats);
  }

  /// Starts a new epoch and a new evaluation, at their first batches.
  void restart();

 private:
  std::unique_ptr<Lane> lane_;
  GroupLayout layout_;
  Program train_step_;
  Program evaluation_step_;
  Buffer dataset_;
  Buffer arena_;
  CompiledProgram begin_epoch_;
  CompiledProgram begin_evaluation_;
};

}  // namespace gpu_sweep
