// gpu_sweep plan --detect: the number of runs that is needed to detect a difference.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>

#include "engine/statistics/planning.h"
#include "gpu_sweep/dataset.h"
#include "gpu_sweep/experiment.h"

namespace gpu_sweep {

struct DetectFlags {
  std::optional<double> points;     ///< the difference to detect, in percentage points
  std::optional<double> deviation;  ///< of one model's accuracy over seeds, in points
  std::string pilot;                ///< folder of results
};

/// The number of runs that a study needs to detect a difference, and the estimates from which it was
/// computed.
struct Detection {
  double points = 0;
  std::size_t models = 0;
  std::optional<RunsToDetect> needed;
  double deviation = 0;  ///< standard deviation of the difference of two models on a seed, in points
  std::string source;    ///< where the deviation comes from: "20 runs of 5 models in results/quick"
  bool has_pilot = false;
  std::optional<ImageFloor> floor;
  std::optional<double> seconds;  ///< time to train `needed->runs` runs of each model
};

/// Throws Error(kUsage) if --pilot or --deviation is given without --detect, if --detect is given without
/// exactly one of them, or if the experiment has only one model or buys seeds (--until-decided, --race).
void check_detect_flags(const DetectFlags& flags, const Experiment& experiment);

/// Computes the number of runs. `seconds_per_seed` is the time to train one run of each model. Throws
/// Error(kUsage) if `dataset` or the pilot has SplitPolicy::kPerRun, if the pilot was trained on other
/// data or without validation rows, or if it has fewer than two finished runs on common seeds. Throws the
/// errors of RunStore::open for the pilot.
Detection detect(const DetectFlags& flags, const Experiment& experiment, const Dataset& dataset,
                 double seconds_per_seed);

/// Returns the lines of the output of plan that begin at the label "detect". The text ends with a newline.
std::string detection_text(const Detection& found);
nlohmann::ordered_json detection_json(const Detection& found);

}  // namespace gpu_sweep
