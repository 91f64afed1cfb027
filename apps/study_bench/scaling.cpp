#include <sys/resource.h>

#include <chrono>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "apps/study_bench/bench.h"
#include "apps/study_bench/rates.h"
#include "apps/study_bench/study_model.h"
#include "engine/store/files/atomic_file.h"
#include "engine/sweep/cost.h"
#include "gpu_sweep/find_data.h"
#include "gpu_sweep/load_dataset.h"
#include "gpu_sweep/planner.h"
#include "gpu_sweep/scheduler.h"

namespace gpu_sweep::bench {
namespace {

using Json = nlohmann::ordered_json;

/// The settings that all measurements share.
struct Bench {
  DeviceChoice cpu;
  Dataset dataset;
  int lanes;
  int epochs;
  std::vector<Precision> precisions;
};

/// Returns the peak memory of the process, in MiB.
double peak_mebibytes() {
  rusage usage = {};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) / 1024;
}

/// Trains `runs` runs of the study's first model for two epochs each, as `gpu_sweep run` does, and returns
/// the seconds.
double sweep_seconds(const Bench& bench, int runs, int lanes) {
  Experiment experiment;
  experiment.name = "scaling";
  experiment.runs = runs;
  experiment.models.push_back(study_model(0));
  experiment.models[0].epochs = 2;
  const auto start = std::chrono::steady_clock::now();
  run_groups(plan_groups(expand(experiment, bench.dataset, {}), bench.dataset, {}), bench.dataset, bench.cpu,
             {.lanes = lanes});
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

void print_header(const char* what) {
  std::printf("\n| %s | precision | ms per replica-epoch and lane | GFLOP/s per lane | share of products |\n",
              what);
  std::printf("|---|---|---|---|---|\n");
}

Json measure_shape(const Bench& bench, const std::string& label, const ModelSpec& model) {
  Json json;
  json["label"] = label;
  for (const Precision precision : bench.precisions) {
    const MlpSpec shape = mlp_spec(model, bench.dataset.features(), bench.dataset.classes, precision);
    const SplitRows rows = rows_of_splits(bench.dataset);
    const double whole =
        epoch_seconds(model, precision, bench.dataset, bench.cpu.backend, bench.lanes, bench.epochs);
    const double products = gemm_seconds_per_epoch(shape, rows, bench.cpu.backend, bench.lanes);
    const double gflops = epoch_flops(shape, rows) / whole / 1e9;
    std::printf("| %s | %s | %.1f | %.0f | %.2f |\n", label.c_str(), to_string(precision), whole * 1e3,
                gflops, products / whole);
    std::fflush(stdout);
    json[to_string(precision)] = {
        {"seconds_per_epoch", whole}, {"gflops_per_lane", gflops}, {"share_of_gemm", products / whole}};
  }
  return json;
}

Json measure_lanes(const Bench& bench) {
  Json json = Json::array();
  std::printf("\n| lanes | replica-epochs/s | times one lane | peak MiB |\n|---|---|---|---|\n");
  double one = 0;
  for (int lanes = 1; lanes <= bench.lanes; ++lanes) {
    const double seconds = epoch_seconds(study_model(0), Precision::kFp32, bench.dataset, bench.cpu.backend,
                                         lanes, bench.epochs);
    const double rate = lanes / seconds;
    if (lanes == 1) one = rate;
    std::printf("| %d | %.2f | %.2f | %.0f |\n", lanes, rate, rate / one, peak_mebibytes());
    json.push_back({{"lanes", lanes}, {"replica_epochs_per_second", rate}, {"peak_mib", peak_mebibytes()}});
  }
  return json;
}

Json measure_runs(const Bench& bench) {
  Json json = Json::array();
  std::printf("\n| runs of two epochs | seconds | ms per run | peak MiB |\n|---|---|---|---|\n");
  for (const int runs : {1, 2, 4, 16, 64}) {
    const double seconds = sweep_seconds(bench, runs, bench.lanes);
    std::printf("| %d | %.2f | %.0f | %.0f |\n", runs, seconds, seconds / runs * 1e3, peak_mebibytes());
    json.push_back({{"runs", runs}, {"seconds", seconds}, {"peak_mib", peak_mebibytes()}});
  }
  return json;
}

}  // namespace

void measure_scaling(const Options& options) {
  DataRemarks remarks;
  Bench bench{choose_devices("cpu"), load_dataset(find_data(options.data), &remarks), 0, options.rounds, {}};
  const DeviceInfo& cpu = bench.cpu.backend.devices.front();
  bench.lanes = cpu.default_lanes;
  bench.precisions = precisions_of(cpu);

  Json json;
  json["device"] = cpu.name;
  json["lanes"] = measure_lanes(bench);
  json["runs"] = measure_runs(bench);  // comes before the wide models, because peak memory never falls
  print_header("one hidden layer of width");
  for (const int width : {16, 32, 64, 128, 256, 512, 1024, 2048, 4096}) {
    ModelSpec model = study_model(0);
    model.hidden = {width};
    json["width"].push_back(measure_shape(bench, std::to_string(width), model));
  }
  print_header("hidden layers of width 256");
  for (const int depth : {1, 2, 4, 8, 16}) {
    ModelSpec model = study_model(0);
    model.hidden.assign(static_cast<std::size_t>(depth), 256);
    json["depth"].push_back(measure_shape(bench, std::to_string(depth), model));
  }
  print_header("original model, batch size");
  for (const int batch : {16, 32, 64, 128, 256, 512, 1024, 4096}) {
    ModelSpec model = study_model(0);
    model.batch_size = batch;
    json["batch_size"].push_back(measure_shape(bench, std::to_string(batch), model));
  }
  write_file_atomically(options.out, json.dump(2) + "\n");
}

}  // namespace gpu_sweep::bench
