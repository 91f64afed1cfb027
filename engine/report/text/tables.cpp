#include "gpu_sweep/tables.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "engine/report/display_width.h"
#include "engine/report/stopped_runs.h"
#include "engine/report/text/results_text.h"
#include "engine/statistics/comparison.h"
#include "engine/statistics/reliability.h"
#include "engine/statistics/runs_of_models.h"
#include "engine/statistics/until_decided.h"
#include "engine/statistics/wording.h"
#include "gpu_sweep/summary.h"

namespace gpu_sweep {

namespace {

constexpr int kWidth = 100;
constexpr int kMetricWidth = 15;  // "0.9613 ± 0.0025"
constexpr int kRunsWidth = 6;
constexpr int kDivergedWidth = 14;  // "13 (41 - 85 %)"
constexpr int kGap = 2;
constexpr int kNameWidth = kWidth - (kGap + kRunsWidth) - 3 * (kGap + kMetricWidth);

/// Formats a value that is not negative in about six characters, so that even the large loss of a diverging
/// run fits into its column and shows its leading digits.
std::string shown(double value) {
  if (value >= 10'000) return fmt::format("{:.0e}", value);
  return fmt::format("{:.{}f}", value, value < 10 ? 4 : value < 100 ? 3 : value < 1'000 ? 2 : 1);
}

std::string line(std::string text) {
  text.erase(text.find_last_not_of(' ') + 1);
  return text + '\n';
}

/// The width of the column of names, and whether there is a column of diverged runs.
struct Columns {
  int name = 0;
  bool diverged = false;
};

std::string row(const std::string& name, const Columns& columns, const std::string& runs,
                const std::string& diverged, const std::array<std::string, 3>& metrics) {
  std::string text;
  if (display_width(name) > columns.name) {
    text = line(name) + std::string(static_cast<std::size_t>(columns.name), ' ');
  } else {
    text = pad_right(name, columns.name);
  }
  const std::string gap(kGap, ' ');
  text += gap + pad_left(runs, kRunsWidth);
  if (columns.diverged) text += gap + pad_left(diverged, kDivergedWidth);
  for (const std::string& metric : metrics) text += gap + pad_right(metric, kMetricWidth);
  return line(text);
}

/// "13 (41 - 85 %)": the diverged runs, and the 95 % interval of their share.
std::string diverged_cell(const ModelSummary& model, Looks looks) {
  const int all = model.runs + model.diverged;
  if (all == 0) return "0";
  const Interval share = failures_of(model.diverged, all, looks).interval;
  return fmt::format("{} ({:.0f} - {:.0f} %)", with_thousands(model.diverged), 100 * share.low,
                     100 * share.high);
}

std::string metric_cell(const ModelSummary& model, BySplit<MeanStd> ModelSummary::*metrics, Split split) {
  const MeanStd& metric = (model.*metrics)[index_of(split)];
  return mean_and_std(metric.mean, metric.std, model.runs);
}

std::string block(const std::string& title, const Columns& columns, const std::vector<ModelSummary>& models,
                  BySplit<MeanStd> ModelSummary::*metrics, Looks looks) {
  std::string text = row(title, columns, "runs", "diverged", {"train", "validation", "test"});
  for (const ModelSummary& model : models) {
    std::array<std::string, 3> cells;
    for (const Split split : kBasicSplits) cells[index_of(split)] = metric_cell(model, metrics, split);
    text +=
        row(printable(model.name), columns, with_thousands(model.runs), diverged_cell(model, looks), cells);
  }
  return text;
}

/// The metrics on the judging rows, which the study must have.
std::string judging_block(const Columns& columns, const std::vector<ModelSummary>& models, Looks looks) {
  std::string text = '\n' + row("judging rows", columns, "runs", "diverged", {"accuracy", "loss", ""});
  for (const ModelSummary& model : models) {
    text += row(printable(model.name), columns, with_thousands(model.runs), diverged_cell(model, looks),
                {metric_cell(model, &ModelSummary::accuracy, Split::kJudging),
                 metric_cell(model, &ModelSummary::loss, Split::kJudging), ""});
  }
  return text;
}

std::string heading(const StoredExperiment& stored) {
  const Experiment& experiment = stored.experiment;
  return fmt::format("{}: {}, {}{} each, seeds from {}; {} on {}\n", printable(experiment.name),
                     counted(experiment.models.size(), "model"),
                     experiment.analysis.until_decided ? "at most " : "",
                     counted(static_cast<std::size_t>(experiment.runs), "run"), experiment.seed,
                     to_string(stored.provenance.precision), printable(stored.provenance.device_name));
}

std::string remarks(const StoredExperiment& stored, std::span<const RunRecord> runs, const Design& design) {
  const Experiment& experiment = stored.experiment;
  std::string text;
  for (const RunRecord& run : runs) {
    if (is_finite(run)) continue;
    const std::string when =
        run.diverged_epoch ? fmt::format("in epoch {}", *run.diverged_epoch) : "after the last epoch";
    text += fmt::format("left out: {}, seed {}: diverged {}\n", printable(run.model), run.seed, when);
  }
  for (const std::string& note : stopping_notes(experiment, runs)) text += note + '\n';
  if (experiment.analysis.until_decided) {
    text += design.sentence + '\n';
    for (const std::string& line : design.leavers) text += printable(line) + '\n';
    return text;
  }
  const std::size_t all = experiment.models.size() * static_cast<std::size_t>(experiment.runs);
  if (runs.size() >= all) return text;
  if (const auto& shard = stored.provenance.shard) {
    text += fmt::format("partial: shard {}, with {} of all {} runs; gpu_sweep merge puts shards together\n",
                        to_string(*shard), runs.size(), all);
  } else {
    text += fmt::format("not finished: {} of {} runs are here\n", runs.size(), all);
  }
  return text;
}

}  // namespace

std::string mean_and_std(double mean, double std, int runs) {
  if (runs == 0 || !std::isfinite(mean)) return "-";
  return runs == 1 ? shown(mean) : shown(mean) + " ± " + shown(std);
}

std::string study_table(const StoredExperiment& stored, std::span<const RunRecord> runs) {
  return study_table(stored, runs, design_of(stored, runs));
}

std::string study_table(const StoredExperiment& stored, std::span<const RunRecord> runs,
                        const Design& design) {
  const std::vector<ModelSummary> models = summarise(stored.experiment, runs);
  int longest = display_width("accuracy");
  for (const ModelSummary& model : models) longest = std::max(longest, display_width(printable(model.name)));
  const bool diverged =
      std::any_of(models.begin(), models.end(), [](const ModelSummary& model) { return model.diverged > 0; });
  const int widest = kNameWidth - (diverged ? kGap + kDivergedWidth : 0);
  const bool judged = std::ranges::any_of(models, &ModelSummary::has_judging_rows);
  if (judged) longest = std::max(longest, display_width("judging rows"));
  const Columns columns{std::min(longest, widest), diverged};

  const Looks looks = looks_of(stored.experiment.analysis);
  std::string text = heading(stored);
  if (!stored.experiment.analysis.until_decided && !design.sentence.empty()) text += design.sentence + '\n';
  text += '\n';
  text += block("accuracy", columns, models, &ModelSummary::accuracy, looks) + '\n';
  text += block("loss", columns, models, &ModelSummary::loss, looks);
  if (judged) text += judging_block(columns, models, looks);
  const bool spread =
      std::any_of(models.begin(), models.end(), [](const ModelSummary& model) { return model.runs > 1; });
  if (spread) text += "\nmean ± standard deviation over a model's runs (divided by n)\n";
  if (const std::string last = remarks(stored, runs, design); !last.empty()) text += '\n' + last;
  return text;
}

}  // namespace gpu_sweep
