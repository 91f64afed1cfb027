#include "engine/report/export/summary_json.h"

#include <algorithm>
#include <functional>
#include <nlohmann/json.hpp>

#include "engine/report/display_width.h"
#include "engine/report/export/claims_json.h"
#include "engine/report/finite_json.h"
#include "engine/statistics/runs_of_models.h"
#include "engine/store/database/experiment_json.h"
#include "engine/store/formats/data_settings_json.h"
#include "gpu_sweep/summary.h"

namespace gpu_sweep {

namespace {

using Json = nlohmann::ordered_json;

/// Lists one number of each point of a curve; `number` is a member or a function of a point.
template <class Point, class Number>
Json numbers(const std::vector<Point>& curve, Number number) {
  Json list = Json::array();
  for (const Point& point : curve) list.push_back(finite_json(std::invoke(number, point)));
  return list;
}

Json run_json(const RunRecord& run) {
  Json json = {{"seed", run.seed}, {"key", run.key}};
  json["diverged_epoch"] = run.diverged_epoch ? Json(*run.diverged_epoch) : Json(nullptr);
  for (const Split split : kAllSplits) {
    if (split == Split::kJudging && !run.has_rows(split)) continue;
    for (const auto& metric : kSplitMetrics) {
      json[column_name(split, metric)] = finite_json(run[split].*metric.value);
    }
  }
  for (const auto& metric : kEpochMetrics) {
    json["history"][metric.name] = numbers(run.history, metric.value);
  }
  if (!run.objective.empty()) json["history"][kObjectiveName] = numbers(run.objective, std::identity());
  return json;
}

/// Rows are true classes, columns predicted classes; counts are summed over the runs that did not diverge.
Json confusion_json(const std::vector<const RunRecord*>& runs, Split split) {
  std::vector<std::uint64_t> sum;
  std::size_t classes = 0;
  for (const RunRecord* run : finite_runs(runs)) {
    const ConfusionMatrix& matrix = run->confusion_of(split);
    classes = static_cast<std::size_t>(matrix.classes);
    sum.resize(classes * classes);
    for (std::size_t i = 0; i < sum.size(); ++i) sum[i] += matrix.counts.at(i);
  }
  Json rows = Json::array();
  for (std::size_t k = 0; k < classes; ++k) {
    rows.push_back(std::vector<std::uint64_t>(sum.begin() + static_cast<std::ptrdiff_t>(k * classes),
                                              sum.begin() + static_cast<std::ptrdiff_t>((k + 1) * classes)));
  }
  return rows;
}

Json calibration_json(const Calibration& found) {
  Json bins = Json::array();
  for (const ReliabilityBin& bin : found.bins) {
    bins.push_back(Json::array({bin.images, bin.confidence, bin.accuracy}));
  }
  return {{"accuracy", found.accuracy},
          {"expected_calibration_error", found.expected_error},
          {"brier", found.brier},
          {"bins", std::move(bins)}};
}

Json model_json(const ModelSpec& model, const ModelSummary& summary,
                const std::vector<const RunRecord*>& runs, const Calibrations& calibrations) {
  Json json = to_json(model);
  json["runs"] = summary.runs;
  json["diverged"] = summary.diverged;
  for (const Split split : kAllSplits) {
    if (split == Split::kJudging && !summary.has_judging_rows) continue;
    const auto mean_and_std = [](const MeanStd& metric) {
      return Json{{"mean", finite_json(metric.mean)}, {"std", finite_json(metric.std)}};
    };
    const std::string prefix = kSplitPrefixes[index_of(split)];
    json[prefix + "loss"] = mean_and_std(summary.loss[index_of(split)]);
    json[prefix + "accuracy"] = mean_and_std(summary.accuracy[index_of(split)]);
  }
  for (const Split split : kBasicSplits) json["confusion"][to_string(split)] = confusion_json(runs, split);
  if (const auto found = calibrations.find(model.name); found != calibrations.end()) {
    json["calibration"] = {{"runs", found->second.seeds.size()},
                           {"single", calibration_json(found->second.single)},
                           {"ensemble", calibration_json(found->second.ensemble)}};
  }
  json["per_run"] = Json::array();
  for (const RunRecord* run : runs) json["per_run"].push_back(run_json(*run));
  return json;
}

Json failures_json(const ModelRuns& model, Looks looks) {
  const Failures found = failures_of(model, looks);
  return {{"share", found.share}, {"interval", finite_json(found.interval)}, {"upper", found.upper}};
}

Json data_json(const Provenance& provenance) {
  Json data = {{"class_names", provenance.class_names},
               {"height", provenance.height},
               {"width", provenance.width},
               {"sha256",
                {{"train_images", provenance.data_sha256[0]},
                 {"train_labels", provenance.data_sha256[1]},
                 {"test_images", provenance.data_sha256[2]},
                 {"test_labels", provenance.data_sha256[3]}}}};
  if (provenance.data_settings != DataSettings{}) data["settings"] = to_json(provenance.data_settings);
  return data;
}

std::string one_line(const Json& json) { return json.dump(-1, ' ', false, Json::error_handler_t::replace); }

/// Returns whether each element of the list `key` is printed on one line. The lists of pairs grow with the
/// square of the number of models.
bool is_list_of_pairs(const std::string& key) {
  return key == "pairs" || key == "looks" || key == "left" || key == "spread_pairs" || key == "failure_pairs";
}

/// Prints lists of plain values and the elements of lists of pairs on one line, and every other element on a
/// line of its own. `key` is that of `json` in its object.
void print(const Json& json, const std::string& indent, std::string& text, const std::string& key = "") {
  const bool plain =
      std::none_of(json.begin(), json.end(), [](const Json& value) { return value.is_structured(); });
  if (!json.is_structured() || json.empty() || (json.is_array() && plain)) {
    text += one_line(json);
    return;
  }
  const std::string inner = indent + "  ";
  text += json.is_array() ? '[' : '{';
  const char* separator = "\n";
  for (const auto& [name, value] : json.items()) {
    text += separator + inner;
    if (json.is_object()) text += one_line(Json(name)) + ": ";
    if (json.is_array() && is_list_of_pairs(key)) {
      text += one_line(value);
    } else {
      print(value, inner, text, json.is_object() ? name : "");
    }
    separator = ",\n";
  }
  text += '\n' + indent + (json.is_array() ? ']' : '}');
}

}  // namespace

Json summary_json(const ReportAnalysis& analysis) {
  const StoredExperiment& stored = *analysis.stored;
  const std::span<const RunRecord> runs = analysis.records;
  const Experiment& experiment = stored.experiment;
  const Provenance& provenance = stored.provenance;
  const std::vector<ModelSummary> summaries = summarise(experiment, runs);

  const auto all = runs_of_models(experiment, runs);
  Json models = Json::array();
  for (std::size_t i = 0; i < experiment.models.size(); ++i) {
    models.push_back(model_json(experiment.models[i], summaries[i], all[i], analysis.calibrations));
    models.back()["failures"] = failures_json(analysis.all_models[i], analysis.looks);
  }
  double train_seconds = 0;
  for (const RunRecord& run : runs) train_seconds += run.train_seconds;

  Json summary = {{"name", experiment.name}};
  if (provenance.shard) summary["shard"] = to_json(*provenance.shard);
  summary.update(Json{{"models", std::move(models)},
                      {"device", provenance.device_name},
                      {"device_kind", provenance.device_kind},
                      {"precision", to_string(provenance.precision)},
                      {"seed", experiment.seed},
                      {"runs", experiment.runs},
                      {"analysis", to_json(experiment.analysis)},
                      {"data", data_json(provenance)},
                      {"version", provenance.program_version}});
  add_claims(analysis, summary);
  summary["timing"] = {{"wall_seconds", stored.wall_seconds}, {"train_seconds", train_seconds}};
  return summary;
}

Json summary_json(const StoredExperiment& stored, const std::vector<RunRecord>& runs,
                  const Calibrations& calibrations) {
  return summary_json(analyse(stored, runs, nullptr, calibrations));
}

std::string summary_text(const Json& summary) {
  std::string text;
  print(summary, "", text);
  return printable_json(text) + '\n';
}

void write_summary(const std::filesystem::path& directory, const ReportAnalysis& analysis) {
  replace_own_file(directory / kSummaryFile, summary_text(summary_json(analysis)), kSummaryKind);
}

}  // namespace gpu_sweep
