#include "python/core/study.h"

#include <nanobind/ndarray.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include <algorithm>
#include <cstring>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "engine/experiment/hyper_parameters.h"
#include "engine/experiment/nearest_name.h"
#include "engine/report/analysis.h"
#include "engine/report/export/csv.h"
#include "engine/report/export/summary_json.h"
#include "engine/report/html/html_report.h"
#include "engine/report/text/results_text.h"
#include "engine/statistics/runs_of_models.h"
#include "engine/store/runs/probabilities.h"
#include "engine/study/weights_folder.h"
#include "gpu_sweep/error.h"
#include "gpu_sweep/weights_file.h"
#include "python/core/arrays.h"
#include "python/core/weights.h"

namespace gpu_sweep::python {

namespace nb = nanobind;

namespace {

std::string run_name(const std::string& model, std::uint64_t seed) {
  return "'" + model + "' seed " + std::to_string(seed);
}

/// Returns the layers of a run, and how its inputs were preprocessed: normalize, mean [D] and scale [D].
nb::object weights_of(const Study& study, const std::string& model, std::uint64_t seed) {
  const std::vector<const RunRecord*> runs = study.runs_of(model);
  const auto run = std::ranges::find_if(runs, [seed](const RunRecord* each) { return each->seed == seed; });
  if (run == runs.end()) {
    throw Error(ExitCode::kUsage, run_name(model, seed) + ": no such run in " + study.directory());
  }
  const std::filesystem::path file =
      weights_path(std::filesystem::path(study.directory()) / "weights", model, seed);
  if (!std::filesystem::exists(file)) {
    throw Error(ExitCode::kUsage, run_name(model, seed) + ": " + study.directory() +
                                      " keeps no weights of it, expected a run with keep=[\"weights\"]");
  }
  {
    const nb::gil_scoped_release released;
    if (run_of_weights(file) != (*run)->key) {
      refuse_data(file.string(), "weights of another run, expected those of " + run_name(model, seed));
    }
  }
  return network_of(file);
}

/// Returns seeds [n] and predicted classes [n, N test].
nb::object predictions_of(const Study& study, const std::string& model) {
  std::vector<std::uint64_t> seeds;
  std::vector<std::uint8_t> predictions;
  const std::vector<const RunRecord*> runs = study.runs_of(model);
  for (const RunRecord* run : runs) {
    seeds.push_back(run->seed);
    predictions.insert(predictions.end(), run->test_predictions.begin(), run->test_predictions.end());
  }
  const std::size_t images = runs.empty() ? 0 : runs.front()->test_predictions.size();
  const std::size_t n = runs.size();
  return nb::make_tuple(array_of(std::move(seeds), {n}), array_of(std::move(predictions), {n, images}));
}

/// Returns seeds [n] and the bits of float16 probabilities [n, N test, K].
nb::object probabilities_of(const Study& study, const std::string& model) {
  std::vector<std::uint64_t> seeds;
  std::vector<std::uint16_t> values;
  std::size_t images = 0, classes = 0;
  for (const RunRecord* run : study.runs_of(model)) {
    images = run->test_predictions.size();
    KeptProbabilities kept = find_probabilities(study.directory(), run->key, images);
    if (!kept.damage.empty()) throw Error(ExitCode::kCorrupt, kept.damage);
    if (!kept.whole) {
      throw Error(ExitCode::kUsage, run_name(model, run->seed) + ": " + study.directory() +
                                        " keeps no class probabilities of it, expected a run with "
                                        "keep=[\"probabilities\"]");
    }
    classes = static_cast<std::size_t>(kept.whole->classes);
    seeds.push_back(run->seed);
    static_assert(sizeof(Fp16) == sizeof(std::uint16_t));
    const std::size_t before = values.size();
    values.resize(before + kept.whole->values.size());
    std::memcpy(values.data() + before, kept.whole->values.data(), kept.whole->values.size() * sizeof(Fp16));
  }
  const std::size_t n = seeds.size();
  return nb::make_tuple(array_of(std::move(seeds), {n}), array_of(std::move(values), {n, images, classes}));
}

/// Returns the sentences with which a report begins.
std::vector<std::string> sentences(const Study& study) {
  const ReportAnalysis analysis = analyse(study.stored(), study.runs(), nullptr);
  std::vector<std::string> lines = {analysis.differences(), analysis.design.beside_verdict(),
                                    analysis.choice()};
  std::erase(lines, "");
  return lines;
}

}  // namespace

Study::Study(const std::string& directory) : directory_(directory) {
  const RunStore store = RunStore::open(directory);
  stored_ = store.stored();
  warnings_ = store.remarks();
  std::vector<std::string> damaged;
  runs_ = store.runs(damaged);
  for (const std::string& line : damaged) warnings_.push_back("damaged, left out: " + line);
  for (const std::string& line : store.missing()) warnings_.push_back("missing: " + line);
  const auto warn = [this](const std::string& line) { warnings_.push_back(line); };
  calibrations_ = calibrate(directory, stored_, runs_, warn, warn);
}

std::vector<const RunRecord*> Study::runs_of(const std::string& model) const {
  const std::vector<ModelSpec>& models = stored_.experiment.models;
  const auto found = std::ranges::find_if(models, [&](const ModelSpec& each) { return each.name == model; });
  if (found == models.end()) {
    std::vector<std::string> names;
    for (const ModelSpec& each : models) names.push_back(each.name);
    throw Error(ExitCode::kUsage, "model: found " + shown_text(model) + did_you_mean(model, names) +
                                      ", expected one of " + directory_);
  }
  return runs_of_models(stored_.experiment, runs_)[static_cast<std::size_t>(found - models.begin())];
}

ComparedExperiment Study::compared() const { return {directory_, &stored_, runs_by_model(stored_, runs_)}; }

void bind_study(nb::module_& module) {
  const auto released = nb::call_guard<nb::gil_scoped_release>();
  nb::class_<Study>(module, "Study")
      .def(nb::init<const std::string&>(), nb::arg("directory"), released)
      .def_prop_ro("directory", &Study::directory)
      .def_prop_ro("warnings", &Study::warnings)
      .def_prop_ro("sha256",
                   [](const Study& study) {
                     const auto& hashes = study.stored().provenance.data_sha256;
                     return std::vector<std::string>(hashes.begin(), hashes.end());
                   })
      .def(
          "summary",
          [](const Study& study) {
            return summary_text(summary_json(study.stored(), study.runs(), study.calibrations()));
          },
          released)
      .def("sentences", &sentences, released)
      .def(
          "text",
          [](const Study& study) { return results_text(analyse(study.stored(), study.runs(), nullptr)); },
          released)
      .def(
          "runs_csv", [](const Study& study) { return runs_csv(study.stored(), study.runs()); }, released)
      .def(
          "history_csv", [](const Study& study) { return history_csv(study.runs()); }, released)
      .def(
          "report",
          [](const Study& study, const DataSource* data) {
            std::optional<Dataset> images;
            if (data != nullptr) {
              DataRemarks remarks;
              const std::vector<std::string>& names = study.stored().provenance.class_names;
              images = data->dataset(&remarks, {static_cast<int>(names.size()), names},
                                     study.stored().provenance.data_settings,
                                     study.stored().provenance.data_sha256);
            }
            return html_report(
                analyse(study.stored(), study.runs(), images ? &*images : nullptr, study.calibrations()));
          },
          nb::arg("data").none(), released)
      .def("weights", &weights_of, nb::arg("model"), nb::arg("seed"))
      .def("predictions", &predictions_of, nb::arg("model"))
      .def("probabilities", &probabilities_of, nb::arg("model"));
}

}  // namespace gpu_sweep::python
