// A final metric of a run: loss or accuracy on one of the three splits.
#pragma once

#include <string>

#include "engine/train/run_record.h"

namespace gpu_sweep {

enum class Measure : std::uint8_t { kLoss, kAccuracy };

struct Figure {
  Set set = Set::kValidation;
  Measure measure = Measure::kAccuracy;

  bool higher_is_better() const { return measure == Measure::kAccuracy; }
  friend bool operator==(const Figure&, const Figure&) = default;
};

constexpr Figure kValidationAccuracy = {Set::kValidation, Measure::kAccuracy};
constexpr Figure kTestAccuracy = {Set::kTest, Measure::kAccuracy};

/// All six metrics: accuracies first, each by Set.
inline constexpr std::array kAllFigures = {
    Figure{Set::kTrain, Measure::kAccuracy},
    kValidationAccuracy,
    kTestAccuracy,
    Figure{Set::kTrain, Measure::kLoss},
    Figure{Set::kValidation, Measure::kLoss},
    Figure{Set::kTest, Measure::kLoss},
};

/// "validation accuracy", "test loss", ...
std::string to_string(const Figure& figure);

double value_of(const RunRecord& run, const Figure& figure);

}  // namespace gpu_sweep
