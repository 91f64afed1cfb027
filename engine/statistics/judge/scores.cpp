#include "engine/statistics/judge/scores.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>
#include <utility>

#include "engine/experiment/hyper_parameters.h"
#include "engine/experiment/nearest_name.h"
#include "engine/statistics/judge/columns.h"
#include "engine/statistics/judge/complete_runs.h"
#include "engine/statistics/judge/study_columns.h"
#include "gpu_sweep/error.h"

namespace gpu_sweep {
namespace {

class ScoreReader {
 public:
  ScoreReader(const CsvTable& table, const std::string& file, const ScoreTableOptions& options)
      : table_(table), file_(file), options_(options), columns_(table, file, options.columns) {}

  Scores read() {
    if (columns_.has("fold") && columns_.has("split")) {
      refuse(1, "found a column of folds and one of splits, expected one of them");
    }
    if (columns_.has("model")) {
      read_long();
    } else {
      read_wide();
    }
    Scores scores;
    scores.seeds = columns_.has("seed");
    scores.resampling = columns_.has("fold")    ? Resampling::kFolds
                        : columns_.has("split") ? Resampling::kSplits
                                                : Resampling::kNone;
    scores.until_decided = options_.until_decided || followed_looks(table_, columns_, file_);
    scores.race = columns_.has("left_race_after");
    refuse_validation_rows(table_, columns_, file_);
    refuse_extreme();
    complete_runs(read_, file_, scores, options_.missing);
    for (ReadScore& each : read_) scores.runs.push_back(std::move(each.score));
    return scores;
  }

 private:
  /// What the rows of a model say about a race.
  struct RaceOfModel {
    std::optional<int> left_after;
    int rows = 0;  ///< counted for models that left
  };

  [[noreturn]] void refuse(int line, const std::string& what) const {
    refuse_data(fmt::format("{}, line {}", file_, line), what);
  }

  /// Throws for scores whose squares could overflow or become indistinguishable from 0.
  void refuse_extreme() const {
    constexpr double kLargest = 1e100;
    for (const ReadScore& each : read_) {
      const double size = std::abs(each.score.value.value_or(0));
      if (size > kLargest || (size > 0 && size < 1 / kLargest)) {
        refuse(each.line, fmt::format("found the score {}, expected 0 or a size from 1e-100 to 1e+100: give "
                                      "runs that diverged no score, or a status",
                                      number_text(*each.score.value)));
      }
    }
  }

  NumberCell number(const CsvRow& row, std::size_t column) const {
    const auto found = number_cell(row.cells[column]);
    if (!found) {
      refuse(row.line, fmt::format("column {}: found {}, expected a number",
                                   shown_text(table_.header[column]), shown_text(row.cells[column])));
    }
    return *found;
  }

  /// Returns the data set, fold, seed and line of one row, without its model and score.
  ReadScore read_row(const CsvRow& row) const {
    ReadScore read;
    read.line = row.line;
    read.score.dataset = columns_.cell(row, "dataset");
    read.score.fold = columns_.cell(row, columns_.has("fold") ? "fold" : "split");
    read.score.seed = plain_seed(columns_.cell(row, "seed"));
    for (const char* role : {"seed", "fold", "split"}) {
      if (columns_.has(role) && columns_.cell(row, role).empty())
        refuse(row.line, fmt::format("found no {}, expected one in every row", role));
    }
    return read;
  }

  bool failed(const CsvRow& row) const {
    const std::string& text = columns_.cell(row, "status");
    const auto status = run_status(text);
    if (!status) {
      refuse(row.line, fmt::format("found the status {}, expected FINISHED, COMPLETE, FAILED or CRASHED",
                                   shown_text(text)));
    }
    if (*status == RunStatus::kUnfinished) {
      refuse(row.line, fmt::format("found a run that is {}, expected only runs that ended by themselves: "
                                   "leave out models with unfinished runs, or wait for them",
                                   shown_text(text)));
    }
    const auto diverged = columns_.of("diverged_epoch");
    return *status == RunStatus::kFailed || (diverged && number(row, *diverged).value);
  }

  /// Returns left_race_after of the row. Throws if an earlier row of the same model says otherwise, or if the
  /// model has more rows than seeds in the race.
  std::optional<int> read_left_race(const CsvRow& row, const Score& score) {
    const std::optional<int> left = left_race_after(row, columns_, file_);
    RaceOfModel& model = races_.try_emplace({score.dataset, score.model}, RaceOfModel{left}).first->second;
    if (model.left_after != left) {
      refuse(row.line, fmt::format("found a model that left a race in some rows and remains, or left at "
                                   "another time, in others, expected one value for {}",
                                   shown_text(score.model)));
    }
    if (left && ++model.rows > *left) {
      refuse(row.line, fmt::format("found row {} of the model {}, which left the race after {} seeds, "
                                   "expected {} rows",
                                   model.rows, shown_text(score.model), *left, *left));
    }
    return left;
  }

  /// Throws if a run with a finite score ended at a different step than the runs before it on the same data
  /// set.
  void check_step(const CsvRow& row, const std::string& dataset) {
    if (!columns_.has("step")) return;
    const std::string step = plain_seed(columns_.cell(row, "step"));
    const auto first = steps_.emplace(dataset, step).first;
    if (first->second == step) return;
    refuse(row.line, fmt::format("found a run that ended at step {}, expected {} as in the runs before: "
                                 "keep the scores of one step only",
                                 shown_text(step), shown_text(first->second)));
  }

  void read_long() {
    choose_metric();
    const bool counted = columns_.has("n_right") && columns_.has("n");
    if (!columns_.has("score") && !counted) refuse_without_scores();
    for (const CsvRow& row : table_.rows) {
      if (!options_.metric.empty() && columns_.cell(row, "metric") != options_.metric) continue;
      ReadScore read = read_row(row);
      read.score.model = plain_name(columns_.cell(row, "model"));
      if (read.score.model.empty()) refuse(row.line, "found no model, expected its name");
      read.score.left_race_after = read_left_race(row, read.score);
      read_value(row, counted, read);
      if (failed(row)) {
        read.score.value.reset();
        read.missing = false;
      } else if (read.score.value) {  // a run without a finite score has failed, and may end at any step
        check_step(row, read.score.dataset);
      }
      read_.push_back(std::move(read));
    }
  }

  void read_value(const CsvRow& row, bool counted, ReadScore& read) const {
    NumberCell right{true, {}};
    if (columns_.has("n")) {
      const NumberCell n = number(row, *columns_.of("n"));
      if (n.empty || !n.value || *n.value < 1 || std::trunc(*n.value) != *n.value)
        refuse(row.line, "found no count of answers in n, expected a whole number of 1 or more");
      read.score.answers = *n.value;
    }
    if (counted) right = number(row, *columns_.of("n_right"));
    if (right.value &&
        (*right.value < 0 || *right.value > read.score.answers || std::trunc(*right.value) != *right.value)) {
      refuse(row.line, fmt::format("found {} right answers, expected a whole number from 0 to {}",
                                   number_text(*right.value), number_text(read.score.answers)));
    }
    if (columns_.has("score")) {
      const NumberCell score = number(row, *columns_.of("score"));
      read.score.value = score.value;
      read.missing = score.empty;
      if (right.value && score.value && std::abs(*right.value / read.score.answers - *score.value) > 1e-3) {
        refuse(row.line,
               fmt::format("found the score {} for {} right answers of {}, expected {}",
                           number_text(*score.value), number_text(*right.value),
                           number_text(read.score.answers), number_text(*right.value / read.score.answers)));
      }
    } else {
      read.missing = right.empty;
    }
    if (right.value) read.score.value = *right.value / read.score.answers;
  }

  void choose_metric() {
    if (!columns_.has("metric")) {
      if (!options_.metric.empty()) refuse(1, "found no column of metrics for --metric, expected one");
      return;
    }
    std::set<std::string> found;
    for (const CsvRow& row : table_.rows) found.insert(columns_.cell(row, "metric"));
    const std::vector<std::string> names(found.begin(), found.end());
    if (options_.metric.empty() && names.size() > 1) {
      refuse(1, "found several metrics, expected --metric with the one to judge by: " + shown_list(names));
    }
    if (!options_.metric.empty() && !found.contains(options_.metric)) {
      refuse(1, fmt::format("found no metric {}{}, expected {}", shown_text(options_.metric),
                            did_you_mean(options_.metric, names), shown_list(names)));
    }
  }

  [[noreturn]] void refuse_without_scores() const {
    std::vector<std::string> numbers;
    for (std::size_t i = 0; i < table_.header.size(); ++i) {
      if (columns_.is_taken(i)) continue;
      const std::string& name = table_.header[i];
      if (name == "mean" || name == "std" || name == "average") {
        refuse(1, fmt::format("found the column {} and no scores of single runs, expected one row per run: "
                              "means say nothing about how much runs differ",
                              shown_text(name)));
      }
      const auto first = number_cell(table_.rows.front().cells[i]);
      if (first && first->value) numbers.push_back(name);
    }
    refuse(1, "found no column 'score', expected one, or --columns score=NAME" +
                  (numbers.empty() ? "" : " with one of " + shown_list(numbers)));
  }

  static std::string shown_list(const std::vector<std::string>& names) {
    constexpr std::size_t kMost = 8;
    std::string text;
    for (std::size_t i = 0; i < std::min(kMost, names.size()); ++i) {
      text += (i == 0 ? "" : ", ") + shown_text(names[i]);
    }
    return text + (names.size() > kMost ? ", ..." : "");
  }

  void read_wide() {
    for (const char* role :
         {"score", "metric", "status", "diverged_epoch", "n", "n_right", "left_race_after"}) {
      if (columns_.has(role)) refuse(1, "found no column 'model', expected one, or --columns model=NAME");
    }
    std::vector<std::size_t> models;
    for (std::size_t i = 0; i < table_.header.size(); ++i) {
      if (columns_.is_taken(i)) continue;
      if (names_progress(table_.header[i])) {
        refuse(1,
               fmt::format("found the column {} among those of models, expected none, or --columns step={}",
                           shown_text(table_.header[i]), table_.header[i]));
      }
      models.push_back(i);
    }
    if (models.size() < 2) {
      refuse(1,
             "found no column 'model' and fewer than two columns of scores, expected a row per run or a "
             "column per model");
    }
    for (const CsvRow& row : table_.rows) {
      bool finished = false;
      for (const std::size_t column : models) {
        ReadScore read = read_row(row);
        const NumberCell score = number(row, column);
        read.score.model = plain_name(table_.header[column]);
        read.score.value = score.value;
        read.missing = score.empty;
        finished |= score.value.has_value();
        read_.push_back(std::move(read));
      }
      if (finished) check_step(row, columns_.cell(row, "dataset"));
    }
  }

  const CsvTable& table_;
  const std::string& file_;
  const ScoreTableOptions& options_;
  ScoreColumns columns_;
  std::vector<ReadScore> read_;
  std::map<std::string, std::string> steps_;  ///< the step at which the runs of each data set ended
  std::map<std::pair<std::string, std::string>, RaceOfModel> races_;  ///< by data set and model
};

}  // namespace

Scores read_scores(const CsvTable& table, const std::string& file, const ScoreTableOptions& options) {
  return ScoreReader(table, file, options).read();
}

}  // namespace gpu_sweep
