#include "engine/data/read_labels.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cmath>

#include "gpu_sweep/error.h"

namespace gpu_sweep {
namespace {

constexpr std::uint64_t kMostClasses = 256;

void read_numbers(ArrayReader& array, Labels& labels) {
  labels.sha256 = for_each_value(array, [&](std::size_t row, std::size_t, std::span<const double> values) {
    const double label = values.front();
    if (!(label >= 0 && label < kMostClasses) || label != std::floor(label)) {
      refuse_data(array.name(), fmt::format("label {} at row {}, expected a whole number from 0 to {}", label,
                                            row, kMostClasses - 1));
    }
    labels.values[row] = static_cast<std::uint8_t>(label);
  });
}

void read_one_hot(ArrayReader& array, Labels& labels) {
  std::vector<bool> seen(array.rows());
  labels.sha256 = for_each_value(array, [&](std::size_t row, std::size_t first,
                                            std::span<const double> values) {
    for (std::size_t i = 0; i < values.size(); ++i) {
      if (values[i] == 0) continue;
      if (values[i] != 1 || seen[row]) {
        refuse_data(array.name(), fmt::format("{} at row {}, column {}, expected one 1 and zeros in each row",
                                              values[i] == 1 ? "a second 1" : fmt::format("{}", values[i]),
                                              row, first + i));
      }
      seen[row] = true;
      labels.values[row] = static_cast<std::uint8_t>(first + i);
    }
  });
  for (std::size_t row = 0; row < seen.size(); ++row) {
    if (!seen[row]) refuse_data(array.name(), fmt::format("no 1 at row {}, expected one in each row", row));
  }
}

}  // namespace

Labels read_labels(ArrayReader& array) {
  const std::uint64_t columns = array.elements_of_row();
  if (array.shape().size() > 2 || columns > kMostClasses) {
    refuse_data(array.name(),
                fmt::format("shape {}, expected labels [rows] or one-hot [rows, classes] with at "
                            "most {} classes",
                            fmt::join(array.shape(), " x "), kMostClasses));
  }
  Labels labels;
  labels.values.resize(array.rows());
  if (columns == 1) {
    read_numbers(array, labels);
  } else {
    labels.columns = static_cast<int>(columns);
    read_one_hot(array, labels);
  }
  return labels;
}

}  // namespace gpu_sweep
