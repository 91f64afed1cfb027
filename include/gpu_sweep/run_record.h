// Everything that is kept of a finished run.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "gpu_sweep/dataset.h"
#include "gpu_sweep/fp16.h"
#include "gpu_sweep/weights.h"

namespace gpu_sweep {

/// Mean cross-entropy (natural logarithm) and share of correct predictions over a split. Both are NaN if the
/// split has no rows, as is possible for validation and judging rows.
struct SplitMetrics {
  double loss = std::numeric_limits<double>::quiet_NaN();
  double accuracy = std::numeric_limits<double>::quiet_NaN();

  /// Here NaN equals NaN, so that the metrics of two splits without rows are equal.
  friend bool operator==(const SplitMetrics& a, const SplitMetrics& b) {
    const auto same = [](double x, double y) { return x == y || (std::isnan(x) && std::isnan(y)); };
    return same(a.loss, b.loss) && same(a.accuracy, b.accuracy);
  }
};

/// One point of a run's history. Point 0 is the untrained model, evaluated on the training and the validation
/// split with dropout off. At later points, loss and accuracy are means over the training batches of the
/// epoch, computed while dropout was on and the weights were changing; the metrics of the validation split
/// are computed after the epoch with dropout off.
struct EpochMetrics {
  double loss = 0;
  double accuracy = 0;
  double val_loss = 0;
  double val_accuracy = 0;
  friend bool operator==(const EpochMetrics&, const EpochMetrics&) = default;
};

/// The name of the objective in files. Only runs whose objective differs from the loss have it there.
inline constexpr const char* kObjectiveName = "objective";

/// Returns the objective of point `epoch` of a history: its loss if `objective` is empty.
inline double objective_at(std::span<const EpochMetrics> history, std::span<const double> objective,
                           std::size_t epoch) {
  return objective.empty() ? history[epoch].loss : objective[epoch];
}

/// A metric and the name by which files refer to it: a column of CSV, a key of JSON, an array of npz. These
/// names never change.
template <class Metrics>
struct MetricColumn {
  const char* name;
  double Metrics::*value;
};

/// All metrics of a split. Files put the prefix of the split in front of the name.
inline constexpr std::array kSplitMetrics = {
    MetricColumn<SplitMetrics>{"loss", &SplitMetrics::loss},
    MetricColumn<SplitMetrics>{"accuracy", &SplitMetrics::accuracy},
};
static_assert(sizeof(SplitMetrics) == kSplitMetrics.size() * sizeof(double), "kSplitMetrics lacks a metric");

/// What files put in front of the name of a metric.
inline constexpr BySplit<const char*> kSplitPrefixes = {"train_", "valid_", "test_", "judge_"};

/// Returns the name of a metric of a split in files, such as "valid_accuracy".
inline std::string column_name(Split split, const MetricColumn<SplitMetrics>& metric) {
  return std::string(kSplitPrefixes[index_of(split)]) + metric.name;
}

/// All metrics of one point of a history.
inline constexpr std::array kEpochMetrics = {
    MetricColumn<EpochMetrics>{"loss", &EpochMetrics::loss},
    MetricColumn<EpochMetrics>{"accuracy", &EpochMetrics::accuracy},
    MetricColumn<EpochMetrics>{"val_loss", &EpochMetrics::val_loss},
    MetricColumn<EpochMetrics>{"val_accuracy", &EpochMetrics::val_accuracy},
};
static_assert(sizeof(EpochMetrics) == kEpochMetrics.size() * sizeof(double), "kEpochMetrics lacks a metric");

/// counts[true class * classes + predicted class]
struct ConfusionMatrix {
  int classes = 0;
  std::vector<std::uint32_t> counts;
  friend bool operator==(const ConfusionMatrix&, const ConfusionMatrix&) = default;
};

struct RunRecord {
  std::string model;  ///< name of the model in its experiment
  std::uint64_t seed = 0;
  std::string key;                    ///< what run_key (gpu_sweep/run_key.h) returns for the run
  BySplit<SplitMetrics> final;        ///< dropout off, with the final weights
  std::vector<EpochMetrics> history;  ///< [epochs trained + 1]
  /// [epochs trained + 1] the mean objective over the training rows, as EpochMetrics::loss is their mean
  /// loss. NaN at points that an older version trained. Empty if no setting makes the objective differ from
  /// the loss.
  std::vector<double> objective;
  BySplit<ConfusionMatrix> confusion;          ///< without classes for judging rows if there are none
  std::vector<std::uint8_t> test_predictions;  ///< [N test] predicted class of each test image
  std::vector<Fp16> test_probabilities;        ///< [N test, K]; empty unless requested, and not in the store
  std::optional<int> diverged_epoch;  ///< first epoch whose loss was not finite; means omit such runs
  double train_seconds = 0;  ///< wall time of its groups, divided among their runs; not part of its identity

  const SplitMetrics& operator[](Split split) const { return final[index_of(split)]; }
  const ConfusionMatrix& confusion_of(Split split) const { return confusion[index_of(split)]; }
  /// Returns whether the split had any rows when the run was evaluated.
  bool has_rows(Split split) const {
    return !std::isnan((*this)[split].accuracy) ||
           std::ranges::any_of(confusion_of(split).counts, [](std::uint32_t count) { return count != 0; });
  }
};

/// Runs of a group that have finished together, in the group's order.
struct Trained {
  std::vector<RunRecord> records;
  std::vector<Weights> weights;  ///< one per run, without layers if no weights are wanted
};

}  // namespace gpu_sweep
