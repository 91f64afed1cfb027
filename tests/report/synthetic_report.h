// A whole experiment that was never trained. It has plausible curves, predictions that agree with the
// confusion matrices, and a matching data set. Equal arguments give equal results.
#pragma once

#include <cmath>
#include <random>
#include <string>
#include <vector>

#include "engine/report/calibrations.h"
#include "gpu_sweep/dataset.h"
#include "gpu_sweep/run_store.h"

namespace gpu_sweep {

struct SyntheticReport {
  StoredExperiment stored;
  std::vector<RunRecord> runs;
  Dataset images;
};

inline Dataset synthetic_images(int rows, int classes) {
  Dataset data;
  data.height = data.width = 8;
  data.classes = classes;
  data.sha256 = {"a", "b", "c", "d"};
  for (int k = 0; k < classes; ++k) data.class_names.push_back("class " + std::to_string(k));
  for (const Split part : kBasicSplits) {
    LabelledImages& split = data[part];
    split.rows = rows;
    for (int i = 0; i < rows; ++i) {
      split.labels.push_back(static_cast<std::uint8_t>(i % classes));
      for (int d = 0; d < 64; ++d) split.pixels.push_back(static_cast<std::uint8_t>((i * 31 + d * 5) % 256));
    }
  }
  return data;
}

/// Returns a run that classifies a test image correctly with a mean probability of about `accuracy`, which is
/// lower for hard images and higher for easy ones. A mistake predicts either the class after the true one or
/// any class.
inline RunRecord synthetic_full_run(const ModelSpec& model, std::uint64_t seed, double accuracy,
                                    const Dataset& data) {
  std::mt19937 random(static_cast<std::uint32_t>(seed * 7919 + 104'729 * model.hidden.size()));
  const auto uniform = [&] { return static_cast<double>(random()) / 4294967296.0; };
  RunRecord run;
  run.model = model.name;
  run.seed = seed;
  for (const Split split : kBasicSplits) {
    const LabelledImages& images = data[split];
    const auto at = index_of(split);
    const auto k = static_cast<std::size_t>(data.classes);
    run.confusion[at] = {data.classes, std::vector<std::uint32_t>(k * k)};
    const double aim = split == Split::kTrain ? (1 + accuracy) / 2 : accuracy;
    int hits = 0;
    for (int i = 0; i < images.rows; ++i) {
      const std::size_t label = images.labels[static_cast<std::size_t>(i)];
      const double hardness = std::fmod(i * 0.6180339887, 1.0);
      std::size_t predicted = label;
      if (uniform() < (1 - aim) * 4 * hardness * hardness * hardness) {
        predicted = uniform() < 0.7 ? (label + 1) % k : static_cast<std::size_t>(uniform() * data.classes);
      }
      hits += predicted == label ? 1 : 0;
      ++run.confusion[at].counts[label * k + predicted];
      if (split == Split::kTest) run.test_predictions.push_back(static_cast<std::uint8_t>(predicted));
    }
    run.final[at] = {3 * (1 - static_cast<double>(hits) / images.rows),
                     static_cast<double>(hits) / images.rows};
  }
  run.history.push_back({2.31, 0.11, 2.32, 0.10});
  for (int epoch = 1; epoch <= model.epochs; ++epoch) {
    const double left = std::exp(-epoch / 6.0);
    const double noise = 0.004 * (uniform() - 0.5);
    run.history.push_back({0.12 + 0.5 * left + noise, run.final[0].accuracy - 0.15 * left + noise,
                           0.31 + 0.2 * left + 0.001 * epoch + noise,
                           run.final[1].accuracy - 0.07 * left + noise});
  }
  run.train_seconds = 1.5;
  return run;
}

/// Returns calibrations of two runs per model on four images. Every run is 93.75 % confident on each image
/// and right on three of the four.
inline Calibrations synthetic_calibrations(const std::vector<std::string>& names) {
  ModelCalibrator calibrator({0, 0, 1, 1});
  const std::vector<float> run = {0.9375F, 0.0625F, 0.9375F, 0.0625F, 0.9375F, 0.0625F, 0.0625F, 0.9375F};
  calibrator.add(0, run);
  calibrator.add(1, run);
  Calibrations found;
  for (const std::string& name : names) found[name] = calibrator.result();
  return found;
}

inline SyntheticReport synthetic_report(const std::vector<std::string>& names, int runs, Dataset data) {
  SyntheticReport report;
  report.images = std::move(data);
  Experiment& experiment = report.stored.experiment;
  experiment.name = "layer_depth";
  experiment.runs = runs;
  report.stored.provenance = {.program_version = "0.1.0",
                              .device_kind = "cpu",
                              .device_name = "Example CPU",
                              .numerics = "oneDNN 2.6.3 AVX2",
                              .data_directory = "/data",
                              .data_sha256 = report.images.sha256,
                              .data_settings = {},
                              .class_names = report.images.class_names,
                              .features = report.images.features(),
                              .height = report.images.height,
                              .width = report.images.width,
                              .test_labels = report.images[Split::kTest].labels,
                              .shard = std::nullopt};
  report.stored.wall_seconds = 12.5;
  for (std::size_t i = 0; i < names.size(); ++i) {
    ModelSpec model;
    model.name = names[i];
    for (std::size_t l = 0; l <= i; ++l) model.hidden.push_back(256 >> l);
    experiment.models.push_back(model);
    constexpr std::array kAccuracies = {0.9025, 0.9032, 0.9026, 0.9012, 0.8982};
    for (int seed = 0; seed < runs; ++seed) {
      report.runs.push_back(synthetic_full_run(model, static_cast<std::uint64_t>(seed),
                                               kAccuracies[i % kAccuracies.size()], report.images));
    }
  }
  return report;
}

/// Returns the part of a report page from its header to its footer. Vega's source, which is long and contains
/// arbitrary text, is not in this part.
inline std::string content_of_page(const std::string& page) {
  return page.substr(page.find("<header>"), page.find("<footer>") - page.find("<header>"));
}

}  // namespace gpu_sweep
