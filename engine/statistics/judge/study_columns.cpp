#include "engine/statistics/judge/study_columns.h"

#include <fmt/format.h>

#include <cmath>

#include "engine/experiment/hyper_parameters.h"
#include "gpu_sweep/error.h"

namespace gpu_sweep {
namespace {

[[noreturn]] void refuse_row(const std::string& file, const CsvRow& row, const std::string& what) {
  refuse_data(fmt::format("{}, line {}", file, row.line), what);
}

}  // namespace

bool followed_looks(const CsvTable& table, const ScoreColumns& columns, const std::string& file) {
  bool found = columns.has("left_race_after");
  for (const CsvRow& row : table.rows) {
    const std::string& rule = columns.cell(row, "stopping_rule");
    if (rule == "until_decided" || rule == "extended") {
      found = true;
    } else if (!rule.empty() && rule != "fixed") {
      refuse_row(file, row,
                 fmt::format("found the stopping rule {}, expected fixed, until_decided or extended",
                             shown_text(rule)));
    }
  }
  return found;
}

void refuse_validation_rows(const CsvTable& table, const ScoreColumns& columns, const std::string& file) {
  const auto score = columns.of(columns.has("n_right") ? "n_right" : "score");
  if (!score || !table.header[*score].starts_with("valid_")) return;
  const std::string& name = table.header[*score];
  for (const CsvRow& row : table.rows) {
    const std::string& rows = columns.cell(row, "judged_on");
    if (!rows.empty() && rows != "test" && rows != "judge") {
      refuse_row(file, row,
                 fmt::format("found {} in judged_on, expected test, judge or nothing", shown_text(rows)));
    }
    if (!rows.empty()) {
      refuse_row(file, row,
                 fmt::format("found scores of {} in a study judged on {} rows, expected score={}_{}: {}",
                             shown_text(name), rows == "test" ? "test" : "judging", rows, name.substr(6),
                             rows == "test" ? "its validation rows took part in training or in a race"
                                            : "it holds out rows of the training file for that"));
    }
    if (columns.cell(row, "validation_split") == "per_run" && !columns.has("split")) {
      refuse_row(file, row,
                 fmt::format("found scores of {} in a study that splits anew for each seed, expected "
                             "split=seed, and --test-share with the share of validation rows",
                             shown_text(name)));
    }
  }
}

std::optional<int> left_race_after(const CsvRow& row, const ScoreColumns& columns, const std::string& file) {
  constexpr double kMostSeeds = 1e9;
  const std::string& cell = columns.cell(row, "left_race_after");
  const auto seeds = number_cell(cell);
  if (seeds && seeds->empty) return std::nullopt;
  if (!seeds || !seeds->value || *seeds->value < 1 || *seeds->value > kMostSeeds ||
      std::trunc(*seeds->value) != *seeds->value) {
    refuse_row(file, row,
               fmt::format("found {} in the column of models that left a race, expected the number of seeds "
                           "after which the model left, or nothing",
                           shown_text(cell)));
  }
  return static_cast<int>(*seeds->value);
}

}  // namespace gpu_sweep
