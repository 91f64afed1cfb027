// A measured value of a check, together with the largest value that passes.
#pragma once

#include <optional>
#include <string>

namespace gpu_sweep {

struct Margin {
  std::string name;             ///< name of the measured value: "gradient", "adam", "wrong elements"
  double value = 0;             ///< in the unit of `bound`; infinite if the device gave no number
  std::optional<double> bound;  ///< largest value that passes; none if the value is not judged
};

}  // namespace gpu_sweep
