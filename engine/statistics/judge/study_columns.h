// The columns with which the runs.csv of a study says how the study was designed.
#pragma once

#include <optional>
#include <string>

#include "engine/statistics/judge/columns.h"
#include "engine/store/formats/csv_table.h"

namespace gpu_sweep {

/// Returns whether some row says that the number of runs of its study was not fixed beforehand. A table of a
/// race always says so. Throws Error(kData) for an unknown stopping rule.
bool followed_looks(const CsvTable& table, const ScoreColumns& columns, const std::string& file);

/// Throws Error(kData) for scores of validation rows that must not judge the models. This is the case if the
/// study itself was judged by other rows, because validation rows chose epochs, learning rates, or the models
/// that remain in a race, or because rows were held out to judge by. It is also the case if every seed has
/// its own validation rows, unless the scores are judged as random splits.
void refuse_validation_rows(const CsvTable& table, const ScoreColumns& columns, const std::string& file);

/// Returns the number of seeds after which the model of a row left a race, or nothing if it remains or if
/// there was no race. Throws Error(kData) if the cell is neither empty nor a whole number from 1 to 1e9.
std::optional<int> left_race_after(const CsvRow& row, const ScoreColumns& columns, const std::string& file);

}  // namespace gpu_sweep
