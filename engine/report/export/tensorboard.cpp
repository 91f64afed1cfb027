#include "engine/report/export/tensorboard.h"

#include <tensorboard_event.pb.h>

#include <algorithm>
#include <cmath>
#include <cstring>

#include "engine/report/export/crc32c.h"
#include "engine/report/export/file_name.h"
#include "engine/statistics/runs_of_models.h"
#include "gpu_sweep/summary.h"

namespace gpu_sweep {

namespace {

using Files = std::vector<std::pair<std::string, std::string>>;

/// One curve of training and validation metrics, by epoch.
using Curve = std::vector<EpochMetrics>;

/// Appends a TFRecord: length (u64), its checksum, the bytes, their checksum; little-endian.
void append_record(std::string& file, const tensorboard::Event& event) {
  const std::string bytes = event.SerializeAsString();
  const std::uint64_t length = bytes.size();
  std::string prefix(sizeof length, '\0');
  std::memcpy(prefix.data(), &length, sizeof length);
  const auto append_checksum = [&file](const std::string& of) {
    const std::uint32_t checksum = masked_crc32c(of);
    file.append(reinterpret_cast<const char*>(&checksum), sizeof checksum);
  };
  file += prefix;
  append_checksum(prefix);
  file += bytes;
  append_checksum(bytes);
}

void add_scalar(tensorboard::Summary& summary, const char* tag, double value) {
  tensorboard::Summary::Value& scalar = *summary.add_value();
  scalar.set_tag(tag);
  scalar.set_simple_value(static_cast<float>(value));
}

std::string event_file(const Curve& curve, double EpochMetrics::*loss, double EpochMetrics::*accuracy) {
  std::string file;
  tensorboard::Event first;
  first.set_file_version("brain.Event:2");
  append_record(file, first);
  for (std::size_t epoch = 0; epoch < curve.size(); ++epoch) {
    tensorboard::Event event;
    event.set_wall_time(static_cast<double>(epoch));
    event.set_step(static_cast<std::int64_t>(epoch));
    add_scalar(*event.mutable_summary(), "epoch_loss", curve[epoch].*loss);
    add_scalar(*event.mutable_summary(), "epoch_accuracy", curve[epoch].*accuracy);
    append_record(file, event);
  }
  return file;
}

void append_curve(Files& files, const std::string& directory, const Curve& curve) {
  const std::string name = "/events.out.tfevents.0.gpu_sweep";
  files.emplace_back(directory + "/train" + name,
                     event_file(curve, &EpochMetrics::loss, &EpochMetrics::accuracy));
  // Without validation rows there is nothing to draw.
  if (std::isnan(curve.front().val_loss) && std::isnan(curve.front().val_accuracy)) return;
  files.emplace_back(directory + "/validation" + name,
                     event_file(curve, &EpochMetrics::val_loss, &EpochMetrics::val_accuracy));
}

/// Returns the mean plus `deviations` standard deviations at every epoch that all runs have.
Curve band(const std::vector<const RunRecord*>& runs, double deviations) {
  std::size_t points = runs.front()->history.size();
  for (const RunRecord* run : runs) points = std::min(points, run->history.size());
  Curve curve(points);
  for (std::size_t epoch = 0; epoch < curve.size(); ++epoch) {
    for (const auto& metric : kEpochMetrics) {
      std::vector<double> values;
      for (const RunRecord* run : runs) values.push_back(run->history.at(epoch).*metric.value);
      const MeanStd over_runs = mean_std(values);
      curve[epoch].*metric.value = over_runs.mean + deviations * over_runs.std;
    }
  }
  return curve;
}

}  // namespace

Files tensorboard_files(const StoredExperiment& stored, const std::vector<RunRecord>& runs, bool every_run) {
  Files files;
  const auto by_model = runs_of_models(stored.experiment, runs);
  for (std::size_t i = 0; i < by_model.size(); ++i) {
    const std::string directory = file_name(stored.experiment.models[i].name) + '/';
    if (const auto finite = finite_runs(by_model[i]); !finite.empty()) {
      append_curve(files, directory + "mean", band(finite, 0));
      append_curve(files, directory + "mean+std", band(finite, 1));
      append_curve(files, directory + "mean-std", band(finite, -1));
    }
    if (!every_run) continue;
    for (const RunRecord* run : by_model[i]) {
      append_curve(files, directory + "seed " + std::to_string(run->seed), run->history);
    }
  }
  return files;
}

}  // namespace gpu_sweep
