#include "engine/statistics/judge/complete_runs.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "engine/experiment/hyper_parameters.h"
#include "gpu_sweep/error.h"

namespace gpu_sweep {
namespace {

class RunCompleter {
 public:
  RunCompleter(std::vector<ReadScore>& read, const std::string& file, const Scores& scores,
               std::optional<MissingScores> missing)
      : read_(read), file_(file), scores_(scores), missing_(missing) {}

  void complete() {
    refuse_duplicates();
    refuse_single_runs();
    resolve_missing();
  }

 private:
  [[noreturn]] void refuse(int line, const std::string& what) const {
    refuse_data(fmt::format("{}, line {}", file_, line), what);
  }

  /// Returns a text that identifies a run among all runs of its model.
  static std::string unit_of(const Score& score) { return score.seed + '\n' + score.fold; }

  bool have_units() const { return scores_.seeds || scores_.resampling != Resampling::kNone; }

  void refuse_duplicates() const {
    if (!have_units()) return;
    std::map<std::vector<std::string>, int> lines;
    for (const ReadScore& each : read_) {
      const auto [first, is_new] =
          lines.emplace(std::vector{each.score.dataset, each.score.model, unit_of(each.score)}, each.line);
      if (is_new) continue;
      refuse(each.line,
             fmt::format("found a second row of {} with the same {}, which line {} has, expected one row per "
                         "run: keep the last or remove both",
                         shown_text(each.score.model),
                         scores_.seeds ? "seed " + shown_text(each.score.seed)
                                       : "fold " + shown_text(each.score.fold),
                         first->second));
    }
  }

  using ModelKey = std::pair<std::string, std::string>;  // data set, model

  /// Returns how many rows each model has on each data set, and the line of the last of these rows.
  std::map<ModelKey, std::pair<int, int>> count_runs() const {
    std::map<ModelKey, std::pair<int, int>> runs;
    for (const ReadScore& each : read_) {
      auto& [count, line] = runs[{each.score.dataset, each.score.model}];
      ++count;
      line = each.line;
    }
    return runs;
  }

  static std::string on_dataset(const std::string& dataset) {
    return dataset.empty() ? "" : " on " + shown_text(dataset);
  }

  void refuse_single_runs() const {
    // The models of each data set, and the line of one of its rows.
    std::map<std::string, std::pair<std::set<std::string>, int>> models;
    for (const auto& [name, found] : count_runs()) {
      const auto& [dataset, model] = name;
      models[dataset].first.insert(model);
      models[dataset].second = found.second;
      if (found.first > 1) continue;
      refuse(found.second,
             fmt::format("found one run of {}{}, expected several: one run does not say how much "
                         "another seed would change it",
                         shown_text(model), on_dataset(dataset)));
    }
    for (const auto& [dataset, found] : models) {
      if (found.first.size() > 1) continue;
      refuse(found.second, fmt::format("found fewer than two models{}, expected two or more to compare",
                                       on_dataset(dataset)));
    }
  }

  /// Leaves out empty scores. Throws if a model then has fewer than two scores.
  void leave_out_missing() {
    const auto before = count_runs();
    std::erase_if(read_, [](const ReadScore& each) { return each.missing; });
    const auto after = count_runs();
    for (const auto& [name, found] : before) {
      const auto left = after.find(name);
      if (left != after.end() && left->second.first > 1) continue;
      refuse(found.second, fmt::format("found {} of {}{} with --missing not-run, expected several, or no row "
                                       "of it",
                                       left == after.end() ? "no score" : "one score",
                                       shown_text(name.second), on_dataset(name.first)));
    }
  }

  /// Throws for an empty score if `missing_` is absent. With kNotRun, leaves out empty scores. Otherwise
  /// looks for runs that a model lacks although other models have them: adds them as failed runs or, if
  /// `missing_` is absent, throws. Does not look for them if runs have neither seeds nor folds, or if
  /// `missing_` is absent and Scores::until_decided is set.
  void resolve_missing() {
    for (const ReadScore& each : read_) {
      if (each.missing && !missing_) {
        refuse(each.line, fmt::format("found no score of {}, expected one, or --missing failed or --missing "
                                      "not-run to say what that means",
                                      shown_text(each.score.model)));
      }
    }
    if (missing_ == MissingScores::kNotRun) {
      leave_out_missing();
    } else if (have_units() && (missing_ || !scores_.until_decided)) {
      add_absent_runs();
    }
  }

  void add_absent_runs() {
    std::map<std::string, std::map<std::string, std::set<std::string>>> units;  // data set, model
    std::map<std::string, std::map<std::string, const Score*>> examples;        // data set, unit
    for (const ReadScore& each : read_) {
      if (each.score.left_race_after) continue;  // it gets no more seeds, so it lacks none
      units[each.score.dataset][each.score.model].insert(unit_of(each.score));
      examples[each.score.dataset].emplace(unit_of(each.score), &each.score);
    }
    std::vector<ReadScore> added;
    for (const auto& [dataset, models] : units) {
      for (const auto& [model, own] : models) {
        const auto shares = [&own = own](const auto& other) {
          return std::ranges::any_of(other.second, [&](const auto& unit) { return own.contains(unit); });
        };
        // A model that shares no seed or fold with any other model was run by a different design, so none of
        // its runs counts as missing.
        if (std::ranges::count_if(models, shares) < 2) continue;
        for (const auto& [unit, example] : examples[dataset]) {
          if (own.contains(unit)) continue;
          if (!missing_) refuse_absent(dataset, model, *example);
          ReadScore absent{*example, 0, true};
          absent.score.model = model;
          absent.score.value.reset();
          added.push_back(std::move(absent));
        }
      }
    }
    read_.insert(read_.end(), added.begin(), added.end());
  }

  [[noreturn]] void refuse_absent(const std::string& dataset, const std::string& model,
                                  const Score& example) const {
    std::string unit = example.seed.empty() ? "" : " with seed " + shown_text(example.seed);
    if (!example.fold.empty()) unit += " in fold " + shown_text(example.fold);
    refuse_data(file_,
                fmt::format("found no row of {}{}{}, which other models have, expected one, or --missing "
                            "failed or --missing not-run to say what that means",
                            shown_text(model), unit, on_dataset(dataset)));
  }

  std::vector<ReadScore>& read_;
  const std::string& file_;
  const Scores& scores_;
  std::optional<MissingScores> missing_;
};

}  // namespace

void complete_runs(std::vector<ReadScore>& read, const std::string& file, const Scores& scores,
                   std::optional<MissingScores> missing) {
  RunCompleter(read, file, scores, missing).complete();
}

}  // namespace gpu_sweep
