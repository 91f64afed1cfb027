// What a check measured, beside what it allows.
#pragma once

#include <optional>
#include <string>

namespace gpu_sweep {

/// One number of a check, so that the check can be judged again elsewhere.
struct Margin {
  std::string name;             ///< of what was measured: "gradient", "adam", "wrong elements"
  double value = 0;             ///< in the unit of `bound`; infinite where the device gave no number
  std::optional<double> bound;  ///< largest value that passes; none where nothing is judged
};

}  // namespace gpu_sweep
