// Reads the rows of a file into the splits of a data set.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/data/array_reader.h"
#include "gpu_sweep/data_settings.h"
#include "gpu_sweep/dataset.h"

namespace gpu_sweep {

// Each function reads the inputs of `array`, whose rows have these `labels`, and returns the SHA-256 of the
// file. The shape of a row, the type of the inputs and the settings are already in `dataset`. Throws
// Error(kData) for values that are no finite float32, and if a part of the divided rows would be empty.

/// Divides the training file. First the judging rows are held out of all rows, if DataSettings::judge is set.
/// Then the validation rows are held out of the remaining rows, which are in the file's order. Without
/// `validation`, all remaining rows are training rows.
std::string read_divided(ArrayReader& array, Dataset& dataset, const std::vector<std::uint8_t>& labels,
                         const std::optional<HoldOut>& validation);

/// Reads the training file as a pool, which each run will divide by its own seed (RunSplits). The first rows
/// go to the training split, as many as each run trains on. All others go to the validation split.
std::string read_pool(ArrayReader& array, Dataset& dataset, const std::vector<std::uint8_t>& labels,
                      const HoldOut& validation);

/// Reads all rows into one split.
std::string read_whole(ArrayReader& array, Dataset& dataset, Split split, std::vector<std::uint8_t> labels);

}  // namespace gpu_sweep
