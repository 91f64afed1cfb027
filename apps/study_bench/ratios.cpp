#include <cstdio>
#include <map>
#include <nlohmann/json.hpp>
#include <string>

#include "apps/study_bench/bench.h"
#include "apps/study_bench/rates.h"
#include "apps/study_bench/study_model.h"
#include "engine/statistics/methods/quantile.h"
#include "engine/store/files/atomic_file.h"
#include "engine/sweep/cost.h"
#include "gpu_sweep/find_data.h"
#include "gpu_sweep/load_dataset.h"

namespace gpu_sweep::bench {
namespace {

using Json = nlohmann::ordered_json;

constexpr int kEpochs = 5;

double median(std::vector<double> values) { return reordering_quantile(values, 0.5); }

/// The times of one round in one precision: for each model, the seconds that the matrix products of an epoch
/// take alone (`gemm`), and those of the whole epoch.
struct Round {
  double gemm[kModels] = {};
  double whole[kModels] = {};

  double share(int model) const { return gemm[model] / whole[model]; }
  /// Returns the share of the products in the time of the whole study, in which every model is trained
  /// equally often.
  double study_share() const {
    double gemm_sum = 0, whole_sum = 0;
    for (int m = 0; m < kModels; ++m) {
      gemm_sum += gemm[m];
      whole_sum += whole[m];
    }
    return gemm_sum / whole_sum;
  }
};

template <class Value>
double median_of(const std::vector<Round>& rounds, const Value& value) {
  std::vector<double> values;
  for (const Round& round : rounds) values.push_back(value(round));
  return median(values);
}

}  // namespace

void measure_ratios(const Options& options) {
  const Backend backend = cpu_backend();
  const DeviceInfo& cpu = backend.devices.front();
  const int lanes = cpu.default_lanes;
  DataRemarks remarks;
  const Dataset dataset = load_dataset(find_data(options.data), &remarks);
  const std::vector<Precision> precisions = precisions_of(cpu);

  std::map<Precision, std::vector<Round>> rounds;
  std::vector<double> scaling;
  for (int i = 0; i < options.rounds; ++i) {
    std::fprintf(stderr, "round %d of %d\n", i + 1, options.rounds);
    for (const Precision precision : precisions) {
      Round& round = rounds[precision].emplace_back();
      for (int m = 0; m < kModels; ++m) {
        const ModelSpec model = study_model(m);
        const MlpSpec shape = mlp_spec(model, dataset.features(), dataset.classes, precision);
        round.gemm[m] = gemm_seconds_per_epoch(shape, rows_of_splits(dataset), backend, lanes);
        round.whole[m] = epoch_seconds(model, precision, dataset, backend, lanes, kEpochs);
      }
    }
    scaling.push_back(lanes * epoch_seconds(study_model(0), Precision::kFp32, dataset, backend, 1, kEpochs) /
                      epoch_seconds(study_model(0), Precision::kFp32, dataset, backend, lanes, kEpochs));
  }

  Json json;
  json["device"] = cpu.name;
  json["lanes"] = lanes;
  json["rounds"] = options.rounds;
  for (const Precision precision : precisions) {
    const double share = median_of(rounds[precision], [](const Round& r) { return r.study_share(); });
    json[to_string(precision)] = {{"share_of_gemm", share}};
  }
  const std::vector<Round>& fp32 = rounds[Precision::kFp32];
  if (precisions.size() > 1) {
    const std::vector<Round>& bf16 = rounds[Precision::kBf16];
    std::vector<double> ratios;
    for (std::size_t i = 0; i < fp32.size(); ++i) {
      double slow = 0, fast = 0;
      for (int m = 0; m < kModels; ++m) {
        slow += fp32[i].whole[m];
        fast += bf16[i].whole[m];
      }
      ratios.push_back(slow / fast);
    }
    json["bf16_over_fp32"] = median(ratios);
  }
  json["lanes_over_one"] = median(scaling);
  if (lanes == 2) json["two_lanes_over_one"] = median(scaling);
  json["models"] = Json::array();
  for (int m = 0; m < kModels; ++m) {
    Json model;
    model["name"] = study_model(m).name;
    for (const Precision precision : precisions) {
      const MlpSpec shape = mlp_spec(study_model(m), dataset.features(), dataset.classes, precision);
      const double seconds = median_of(rounds[precision], [&](const Round& r) { return r.whole[m]; });
      model[to_string(precision)] = {
          {"share_of_gemm", median_of(rounds[precision], [&](const Round& r) { return r.share(m); })},
          {"replica_epochs_per_second", lanes / seconds},
          {"gflops_per_lane", epoch_flops(shape, rows_of_splits(dataset)) / seconds / 1e9}};
    }
    json["models"].push_back(model);
  }
  std::printf("%s\n", json.dump(2).c_str());
  write_file_atomically(options.out, json.dump(2) + "\n");
}

}  // namespace gpu_sweep::bench
