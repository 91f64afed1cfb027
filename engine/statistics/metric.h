// A final metric of a run: loss or accuracy on one of the splits.
#pragma once

#include <string>

#include "gpu_sweep/run_record.h"

namespace gpu_sweep {

enum class Measure : std::uint8_t { kLoss, kAccuracy };

struct Metric {
  Split split = Split::kValidation;
  Measure measure = Measure::kAccuracy;

  bool higher_is_better() const { return measure == Measure::kAccuracy; }
  friend bool operator==(const Metric&, const Metric&) = default;
};

constexpr Metric kValidationAccuracy = {Split::kValidation, Measure::kAccuracy};
constexpr Metric kTestAccuracy = {Split::kTest, Measure::kAccuracy};
constexpr Metric kJudgingAccuracy = {Split::kJudging, Measure::kAccuracy};

/// All six metrics that every run has. The accuracies come first, then the losses, each in the order of
/// Split.
inline constexpr std::array kAllMetrics = {
    Metric{Split::kTrain, Measure::kAccuracy},
    kValidationAccuracy,
    kTestAccuracy,
    Metric{Split::kTrain, Measure::kLoss},
    Metric{Split::kValidation, Measure::kLoss},
    Metric{Split::kTest, Measure::kLoss},
};

/// "validation accuracy", "test loss", ...
std::string to_string(const Metric& metric);

/// NaN for a metric of validation or judging rows if the run has none.
double value_of(const RunRecord& run, const Metric& metric);

}  // namespace gpu_sweep
