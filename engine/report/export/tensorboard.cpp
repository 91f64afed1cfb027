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

struct Curve {
  std::vector<EpochMetrics> metrics;
  std::vector<double> objective;  ///< as RunRecord::objective
};

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

/// Returns the bytes of an event file. `objective` is empty or has one value per epoch, of which NaN is left
/// out.
std::string event_file(const std::vector<EpochMetrics>& curve, double EpochMetrics::*loss,
                       double EpochMetrics::*accuracy, const std::vector<double>& objective) {
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
    if (!objective.empty() && !std::isnan(objective[epoch])) {
      add_scalar(*event.mutable_summary(), "epoch_objective", objective[epoch]);
    }
    append_record(file, event);
  }
  return file;
}

void append_curve(Files& files, const std::string& directory, const Curve& curve) {
  const std::string name = "/events.out.tfevents.0.gpu_sweep";
  files.emplace_back(directory + "/train" + name, event_file(curve.metrics, &EpochMetrics::loss,
                                                             &EpochMetrics::accuracy, curve.objective));
  // Without validation rows there is nothing to draw.
  const EpochMetrics& first = curve.metrics.front();
  if (std::isnan(first.val_loss) && std::isnan(first.val_accuracy)) return;
  files.emplace_back(directory + "/validation" + name,
                     event_file(curve.metrics, &EpochMetrics::val_loss, &EpochMetrics::val_accuracy, {}));
}

/// Returns the mean plus `deviations` standard deviations at every epoch that all runs have.
Curve band(const std::vector<const RunRecord*>& runs, double deviations) {
  std::size_t points = runs.front()->history.size();
  for (const RunRecord* run : runs) points = std::min(points, run->history.size());
  const auto value = [&](const auto& of_run) {
    std::vector<double> values;
    for (const RunRecord* run : runs) values.push_back(of_run(*run));
    const MeanStd over_runs = mean_std(values);
    return over_runs.mean + deviations * over_runs.std;
  };
  Curve curve{std::vector<EpochMetrics>(points), {}};
  for (std::size_t epoch = 0; epoch < points; ++epoch) {
    for (const auto& metric : kEpochMetrics) {
      curve.metrics[epoch].*metric.value =
          value([&](const RunRecord& run) { return run.history.at(epoch).*metric.value; });
    }
    if (runs.front()->objective.empty()) continue;
    curve.objective.push_back(value([&](const RunRecord& run) { return run.objective.at(epoch); }));
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
      append_curve(files, directory + "seed " + std::to_string(run->seed), {run->history, run->objective});
    }
  }
  return files;
}

}  // namespace gpu_sweep
