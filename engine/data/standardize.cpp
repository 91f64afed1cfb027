#include "engine/data/standardize.h"

#include <fmt/format.h>

#include <cmath>

#include "gpu_sweep/error.h"

namespace gpu_sweep {

Standardization standardization_of(const LabelledImages& rows, int features) {
  const auto columns = static_cast<std::size_t>(features), count = static_cast<std::size_t>(rows.rows);
  const auto at = [&](std::size_t row, std::size_t column) {
    return static_cast<double>(rows.floats[row * columns + column]);
  };
  Standardization found;
  found.mean.resize(columns);
  found.scale.assign(columns, 1);
  std::vector<bool> varies(columns);
  for (std::size_t row = 0; row < count; ++row) {
    for (std::size_t j = 0; j < columns; ++j) {
      found.mean[j] += at(row, j);
      if (at(row, j) != at(0, j)) varies[j] = true;
    }
  }
  for (std::size_t j = 0; j < columns; ++j) {
    found.mean[j] = varies[j] ? found.mean[j] / static_cast<double>(count) : at(0, j);
  }
  std::vector<double> squares(columns);
  for (std::size_t row = 0; row < count; ++row) {
    for (std::size_t j = 0; j < columns; ++j) {
      const double apart = at(row, j) - found.mean[j];
      squares[j] += apart * apart;
    }
  }
  for (std::size_t j = 0; j < columns; ++j) {
    const double deviation = std::sqrt(squares[j] / static_cast<double>(count));
    if (varies[j] && deviation > 0) found.scale[j] = 1 / deviation;
  }
  return found;
}

void standardize(LabelledImages& rows, const Standardization& by, const std::string& name) {
  const std::size_t columns = by.mean.size();
  for (std::size_t i = 0; i < rows.floats.size(); ++i) {
    const std::size_t j = i % columns;
    const double value = (static_cast<double>(rows.floats[i]) - by.mean[j]) * by.scale[j];
    rows.floats[i] = static_cast<float>(value);
    if (std::isfinite(rows.floats[i])) continue;
    refuse_data(
        name, fmt::format("{:g} standardized is beyond float32 at row {}, column {}, expected values nearer "
                          "to those of the training rows",
                          value, i / columns, j));
  }
}

}  // namespace gpu_sweep
