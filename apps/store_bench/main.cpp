// Measures the work per finished run, in one process and on rank 0 of a job, the length of a job's messages,
// and the time that reading, analysing and reporting a whole study takes.
//
//   store_bench DIR [RUNS [MODELS]]     DIR is on the file system to be measured and must not exist yet. The
//                                       study has RUNS runs (default 2,000), of one model or divided
//                                       among MODELS.
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <random>
#include <span>
#include <string>
#include <vector>

#include "engine/cluster/message.h"
#include "engine/data/synthetic_dataset.h"
#include "engine/report/export/summary_json.h"
#include "engine/report/html/html_report.h"
#include "engine/store/runs/merge_stores.h"
#include "gpu_sweep/error.h"
#include "gpu_sweep/run_store.h"

namespace gpu_sweep {
namespace {

constexpr int kEpochs = 50;
constexpr int kClasses = 10;
constexpr int kTestRows = 10'000;

/// Returns run number `index` of `study`. It is as long as a run of the layer-depth study (50 epochs, ten
/// classes, 10,000 test images). Its metrics are random, around those of its model.
RunRecord random_run(const Experiment& study, int index) {
  const int models = static_cast<int>(study.models.size());
  const int model = index % models;
  std::mt19937_64 random(static_cast<std::uint64_t>(index));
  std::normal_distribution<double> noise(0, 0.003);
  const double level = 0.86 + 0.03 * model / models;
  const auto metrics = [&]() -> SplitMetrics {
    const double accuracy = std::round(1e4 * (level + noise(random))) / 1e4;
    return {0.4 - accuracy / 8, accuracy};
  };
  RunRecord run;
  run.model = study.models[static_cast<std::size_t>(model)].name;
  run.seed = static_cast<std::uint64_t>(index / models);
  run.key = std::string(48, '0');
  for (int i = 0; i < 16; ++i)
    run.key += "0123456789abcdef"[static_cast<std::uint64_t>(index) >> (60 - 4 * i) & 15];
  for (const Split split : kBasicSplits) run.final[index_of(split)] = metrics();
  for (int i = 0; i <= kEpochs; ++i) {
    const SplitMetrics train = metrics(), validation = metrics();
    run.history.push_back({train.loss, train.accuracy, validation.loss, validation.accuracy});
  }
  for (const Split split : kBasicSplits) {
    ConfusionMatrix& matrix = run.confusion[index_of(split)];
    matrix.classes = kClasses;
    for (int i = 0; i < kClasses * kClasses; ++i) matrix.counts.push_back(random() % 1000);
  }
  for (int i = 0; i < kTestRows; ++i) run.test_predictions.push_back(random() % kClasses);
  return run;
}

Experiment study(int runs, int models) {
  Experiment experiment;
  experiment.name = "store_bench";
  experiment.runs = (runs + models - 1) / models;
  for (int i = 0; i < models; ++i) {
    ModelSpec& model = experiment.models.emplace_back();
    model.name = "model " + std::to_string(i);
    model.hidden = {256, 128, 64, 32};
    model.optimizer.learning_rate = 0.001 * (1 + i);
  }
  return experiment;
}

template <class Body>
double seconds_of(const Body& body) {
  const auto start = std::chrono::steady_clock::now();
  body();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

void print_rate(const char* what, double seconds, std::size_t runs) {
  std::printf("%-44s %10.0f runs/s %10.1f us per run\n", what, static_cast<double>(runs) / seconds,
              seconds / static_cast<double>(runs) * 1e6);
}

/// Measures reading, analysing and reporting the results in `directory`.
void measure_report(const std::filesystem::path& directory) {
  const auto print = [](const char* what, double seconds) { std::printf("%-44s %10.2f s\n", what, seconds); };
  const RunStore store = RunStore::open(directory);
  StoredExperiment stored = store.stored();
  Dataset images = synthetic_dataset(0, 0, kTestRows, 28, kClasses, 1);
  images.sha256 = stored.provenance.data_sha256 = {"training", "validation", "test", "labels"};
  std::vector<RunRecord> runs;
  print("read the runs of the study", seconds_of([&] { runs = store.runs(); }));
  ReportAnalysis analysis;
  print("analyse it", seconds_of([&] { analysis = analyse(stored, runs, &images, {}); }));
  print("write report.html", seconds_of([&] { write_report(directory, analysis); }));
  print("write summary.json", seconds_of([&] { write_summary(directory, analysis); }));
  for (const char* file : {"report.html", "summary.json"}) {
    std::printf("%-26s %6.1f MB\n", file,
                static_cast<double>(std::filesystem::file_size(directory / file)) / 1e6);
  }
}

void measure(const std::filesystem::path& directory, int count, int models) {
  const Experiment experiment = study(count, models);
  std::vector<RunRecord> runs;
  for (int i = 0; i < count; ++i) runs.push_back(random_run(experiment, i));
  std::printf("message of a run           %6zu bytes\n", encode(RunDone{to_row(runs[0])}).size());
  std::printf("message of an epoch        %6zu bytes\n", encode(EpochDone{}).size());
  std::printf("order of 1 run             %6zu bytes\n", encode(GroupOrder{0, 1, {runs[0].key}}).size());
  const std::vector<std::string> fifty(50, runs[0].key);
  std::printf("order of 50 runs           %6zu bytes\n", encode(GroupOrder{0, 50, fifty}).size());

  std::vector<std::vector<std::byte>> messages;
  const double encoding = seconds_of([&] {
    for (const RunRecord& run : runs) messages.push_back(encode(RunDone{to_row(run)}));
  });
  print_rate("encode, by the rank that trained it", encoding, runs.size());
  std::vector<RunRecord> received;
  const double decoding = seconds_of([&] {
    for (const auto& message : messages) {
      received.push_back(from_row(std::get<RunDone>(decode(message)).row));
    }
  });
  print_rate("decode and check, by rank 0", decoding, runs.size());
  {
    RunStore store = RunStore::create_or_continue(directory, experiment, {});
    const double storing = seconds_of([&] {
      for (const RunRecord& run : received) store.add(run);
    });
    print_rate("store, one durable transaction each", storing, runs.size());
    print_rate("decode and store: all that rank 0 does", decoding + storing, runs.size());
  }
  {
    constexpr std::size_t kGroup = 50;
    RunStore store = RunStore::create_or_continue(directory / "groups", experiment, {});
    const double storing = seconds_of([&] {
      for (std::size_t first = 0; first < received.size(); first += kGroup) {
        store.add(std::span(received).subspan(first, std::min(kGroup, received.size() - first)));
      }
    });
    print_rate("store, one durable transaction for 50 runs", storing, received.size());
  }
  const auto bytes = std::filesystem::file_size(directory / kStoreFile);
  std::printf("store                      %6zu bytes per run\n", bytes / runs.size());
  const double merging = seconds_of([&] { merge_stores(directory / "merged", {directory}); });
  print_rate("merge, one transaction in all", merging, runs.size());
  measure_report(directory);
}

}  // namespace
}  // namespace gpu_sweep

int main(int argc, char** argv) {
  const int runs = argc > 2 ? std::atoi(argv[2]) : 2000;
  const int models = argc > 3 ? std::atoi(argv[3]) : 1;
  if (argc < 2 || argc > 4 || models < 1 || runs < models || std::filesystem::exists(argv[1])) {
    std::fprintf(
        stderr,
        "store_bench DIR [RUNS [MODELS]]: expected a folder that does not exist yet, and at least one "
        "run per model\n");
    return 2;
  }
  try {
    gpu_sweep::measure(argv[1], runs, models);
  } catch (const gpu_sweep::Error& error) {
    std::fprintf(stderr, "error: %s\n", error.what());
    return static_cast<int>(error.code());
  }
}
