// Measures the work per finished run, in one process and on rank 0 of a job, and the length of a job's
// messages.
//
//   store_bench DIR [RUNS]     DIR is on the file system to be measured and must not exist yet
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <random>
#include <span>
#include <string>
#include <vector>

#include "engine/cluster/message.h"
#include "engine/store/runs/merge_stores.h"
#include "gpu_sweep/error.h"
#include "gpu_sweep/run_store.h"

namespace gpu_sweep {
namespace {

constexpr int kEpochs = 50;
constexpr int kClasses = 10;
constexpr int kTestRows = 10'000;

/// Returns a run as long as those of the study (50 epochs, ten classes, 10,000 test images), with random
/// metrics.
RunRecord study_run(const std::string& model, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  std::uniform_real_distribution<double> uniform;
  RunRecord run;
  run.model = model;
  run.seed = seed;
  run.key = std::string(48, '0');
  for (std::uint64_t i = 0; i < 16; ++i) run.key += "0123456789abcdef"[seed >> (60 - 4 * i) & 15];
  for (SplitMetrics& metrics : run.final) metrics = {uniform(random), uniform(random)};
  for (int i = 0; i <= kEpochs; ++i) {
    run.history.push_back({uniform(random), uniform(random), uniform(random), uniform(random)});
  }
  for (ConfusionMatrix& matrix : run.confusion) {
    matrix.classes = kClasses;
    for (int i = 0; i < kClasses * kClasses; ++i) matrix.counts.push_back(random() % 1000);
  }
  for (int i = 0; i < kTestRows; ++i) run.test_predictions.push_back(random() % kClasses);
  return run;
}

Experiment study(int runs) {
  Experiment experiment;
  experiment.name = "store_bench";
  experiment.runs = runs;
  ModelSpec model;
  model.name = "three hidden layer";
  model.hidden = {256, 128, 64, 32};
  experiment.models.push_back(model);
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

void measure(const std::filesystem::path& directory, int count) {
  const Experiment experiment = study(count);
  std::vector<RunRecord> runs;
  for (int i = 0; i < count; ++i) {
    runs.push_back(study_run(experiment.models[0].name, static_cast<std::uint64_t>(i)));
  }
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
}

}  // namespace
}  // namespace gpu_sweep

int main(int argc, char** argv) {
  const int runs = argc == 3 ? std::atoi(argv[2]) : 2000;
  if (argc < 2 || argc > 3 || runs < 1 || std::filesystem::exists(argv[1])) {
    std::fprintf(stderr,
                 "store_bench DIR [RUNS]: expected a folder that does not exist yet, and at least one run\n");
    return 2;
  }
  try {
    gpu_sweep::measure(argv[1], runs);
  } catch (const gpu_sweep::Error& error) {
    std::fprintf(stderr, "error: %s\n", error.what());
    return static_cast<int>(error.code());
  }
}
