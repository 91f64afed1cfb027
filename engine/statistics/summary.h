// The study's table as numbers: mean and standard deviation over the runs of every model.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "engine/train/run_record.h"

namespace gpu_sweep {

struct MeanStd {
  double mean = 0;
  double std = 0;  ///< divides by n, as numpy does
};

MeanStd mean_std(const std::vector<double>& values);

struct ModelSummary {
  std::string name;
  std::vector<int> hidden;
  int runs = 0;                     ///< finished and finite
  int diverged = 0;                 ///< left out of the means
  std::array<MeanStd, 3> loss;      ///< by Set
  std::array<MeanStd, 3> accuracy;  ///< by Set
};

}  // namespace gpu_sweep
