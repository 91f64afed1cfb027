#include "engine/data/read_rows.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <span>

#include "engine/data/split.h"
#include "gpu_sweep/error.h"

namespace gpu_sweep {
namespace {

/// The place of a file's row among the splits: which split, and where in it.
struct Place {
  Split split;
  std::size_t row;
};

/// Sets the rows and labels of a split, and allocates memory for its inputs.
void prepare(Dataset& dataset, Split split, std::vector<std::uint8_t> labels) {
  LabelledImages& rows = dataset[split];
  rows.rows = static_cast<int>(labels.size());
  rows.labels = std::move(labels);
  with_input_type(dataset.inputs.type, [&]<class Input>() {
    rows.inputs<Input>().resize(rows.labels.size() * static_cast<std::size_t>(dataset.features()));
  });
}

float finite_float(double value, const ArrayReader& array, std::size_t row, std::size_t column) {
  const auto number = static_cast<float>(value);
  if (!std::isfinite(number)) {
    refuse_data(array.name(),
                fmt::format("found {:g} at row {}, column {}, expected a finite number of at most "
                            "3.4e38 (float32)",
                            value, row, column));
  }
  return number;
}

/// Reads each row of an array into the place that `place_of` returns for it. Returns the SHA-256 of the file.
template <class PlaceOf>
std::string read_inputs(ArrayReader& array, Dataset& dataset, const PlaceOf& place_of) {
  const auto features = static_cast<std::size_t>(dataset.features());
  const auto at = [&]<class Input>(std::size_t row, std::size_t first, Input) {
    const Place place = place_of(row);
    LabelledImages& rows = dataset[place.split];
    return rows.inputs<Input>().begin() + static_cast<std::ptrdiff_t>(place.row * features + first);
  };
  if (dataset.inputs.type == InputType::kU8) {
    return for_each_byte(array,
                         [&](std::size_t row, std::size_t first, std::span<const std::uint8_t> values) {
                           std::ranges::copy(values, at(row, first, std::uint8_t{}));
                         });
  }
  return for_each_value(array, [&](std::size_t row, std::size_t first, std::span<const double> values) {
    auto to = at(row, first, float{});
    for (std::size_t i = 0; i < values.size(); ++i) *to++ = finite_float(values[i], array, row, first + i);
  });
}

/// Returns the numbers 0 to `rows` - 1, without those in `left_out`.
std::vector<std::int32_t> all_rows_but(std::size_t rows, const std::vector<std::int32_t>& left_out) {
  std::vector<bool> keep(rows, true);
  for (const std::int32_t row : left_out) keep[static_cast<std::size_t>(row)] = false;
  std::vector<std::int32_t> found;
  for (std::size_t row = 0; row < rows; ++row) {
    if (keep[row]) found.push_back(static_cast<std::int32_t>(row));
  }
  return found;
}

std::vector<std::uint8_t> labels_of(const std::vector<std::int32_t>& rows,
                                    const std::vector<std::uint8_t>& labels) {
  std::vector<std::uint8_t> own;
  own.reserve(rows.size());
  for (const std::int32_t row : rows) own.push_back(labels[static_cast<std::size_t>(row)]);
  return own;
}

}  // namespace

std::string read_divided(ArrayReader& array, Dataset& dataset, const std::vector<std::uint8_t>& labels,
                         const std::optional<HoldOut>& validation) {
  std::vector<Place> places(labels.size());
  const auto set = [&](Split split, const std::vector<std::int32_t>& rows) {
    for (std::size_t i = 0; i < rows.size(); ++i) places[static_cast<std::size_t>(rows[i])] = {split, i};
    prepare(dataset, split, labels_of(rows, labels));
  };
  std::vector<std::int32_t> judging;
  if (const auto& judge = dataset.settings.judge) {
    judging = hold_out(labels, *judge, array.name(), "judge").held_out;
    set(Split::kJudging, judging);
  }
  const std::vector<std::int32_t> others = all_rows_but(labels.size(), judging);
  if (validation) {
    HeldOut rows = hold_out(labels_of(others, labels), *validation, array.name(), "validation");
    for (auto* part : {&rows.kept, &rows.held_out}) {
      for (std::int32_t& row : *part) row = others[static_cast<std::size_t>(row)];
    }
    set(Split::kTrain, rows.kept);
    set(Split::kValidation, rows.held_out);
  } else {
    set(Split::kTrain, others);
  }
  return read_inputs(array, dataset, [&](std::size_t row) { return places[row]; });
}

std::string read_pool(ArrayReader& array, Dataset& dataset, const std::vector<std::uint8_t>& labels,
                      const HoldOut& validation) {
  const std::size_t rows =
      labels.size() - rows_held_out(labels.size(), validation, array.name(), "validation");
  const auto middle = labels.begin() + static_cast<std::ptrdiff_t>(rows);
  prepare(dataset, Split::kTrain, {labels.begin(), middle});
  prepare(dataset, Split::kValidation, {middle, labels.end()});
  return read_inputs(array, dataset, [rows](std::size_t row) {
    return row < rows ? Place{Split::kTrain, row} : Place{Split::kValidation, row - rows};
  });
}

std::string read_whole(ArrayReader& array, Dataset& dataset, Split split, std::vector<std::uint8_t> labels) {
  prepare(dataset, split, std::move(labels));
  return read_inputs(array, dataset, [split](std::size_t row) { return Place{split, row}; });
}

}  // namespace gpu_sweep
