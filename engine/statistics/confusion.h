// Confusion matrices over the runs of a model.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/statistics/methods/interval.h"
#include "engine/statistics/model_runs.h"

namespace gpu_sweep {

/// How often a model recognizes the images of one class.
struct ClassRecall {
  int images = 0;                     ///< number of images of the class in the split
  double mean = 0;                    ///< mean recall over the runs
  std::optional<Interval> over_runs;  ///< 95 %, Student's t, of the mean: seed noise; absent below 2 recalls
  std::optional<Interval> over_images;  ///< 95 %, Wilson: sampling error of the split; absent without images
};

/// Two classes that are confused with each other, in either direction. `first` is less than `second`.
struct ConfusedPair {
  int first = 0;
  int second = 0;
  double count = 0;  ///< mean over runs of C[first, second] + C[second, first], C the confusion matrix
};

struct ConfusionStatistics {
  int classes = 0;                          ///< K; 0 if the model has no runs
  std::vector<double> mean;                 ///< [K, K] true class by predicted class
  std::vector<double> std_n;                ///< [K, K] standard deviation over the runs, with divisor n
  std::vector<ClassRecall> recall;          ///< [K]
  std::vector<ConfusedPair> most_confused;  ///< only pairs that occur, the most confused first
};

/// Returns statistics of the confusion matrices of the runs on `split`. Lists at most `most_confused` pairs
/// of classes.
ConfusionStatistics confusion_statistics(const ModelRuns& model, Split split, int most_confused = 5);

}  // namespace gpu_sweep
