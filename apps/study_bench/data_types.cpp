#include <cstdio>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "apps/study_bench/bench.h"
#include "apps/study_bench/rates.h"
#include "apps/study_bench/study_model.h"
#include "engine/data/synthetic_dataset.h"
#include "engine/statistics/methods/quantile.h"
#include "engine/store/files/atomic_file.h"
#include "gpu_sweep/find_data.h"
#include "gpu_sweep/load_dataset.h"

namespace gpu_sweep::bench {
namespace {

using Json = nlohmann::ordered_json;

constexpr int kEpochsOfType = 5;

/// Seconds per epoch, of one model or of several together, on bytes and on floats.
struct TypeSeconds {
  double bytes = 0;
  double floats = 0;
};

/// Returns the median of floats / bytes.
double median_ratio(const std::vector<TypeSeconds>& rounds) {
  std::vector<double> ratios;
  for (const TypeSeconds& round : rounds) ratios.push_back(round.floats / round.bytes);
  return reordering_quantile(ratios, 0.5);
}

}  // namespace

void measure_data_types(const Options& options) {
  const Backend backend = cpu_backend();
  const DeviceInfo& cpu = backend.devices.front();
  DataRemarks remarks;
  const Dataset bytes = load_dataset(find_data(options.data), &remarks);
  const Dataset floats = with_float_inputs(bytes);

  std::map<Precision, std::vector<TypeSeconds>> study;
  std::map<Precision, std::vector<std::vector<TypeSeconds>>> models;
  for (int i = 0; i < options.rounds; ++i) {
    std::fprintf(stderr, "round %d of %d\n", i + 1, options.rounds);
    for (const Precision precision : precisions_of(cpu)) {
      TypeSeconds& sum = study[precision].emplace_back();
      models[precision].resize(kModels);
      for (int m = 0; m < kModels; ++m) {
        const auto seconds = [&](const Dataset& dataset) {
          return epoch_seconds(study_model(m), precision, dataset, backend, cpu.default_lanes, kEpochsOfType);
        };
        // Each type comes first in every other measurement, so that a drift of the machine favors neither.
        TypeSeconds one;
        if ((i + m) % 2 == 0) one.bytes = seconds(bytes);
        one.floats = seconds(floats);
        if ((i + m) % 2 != 0) one.bytes = seconds(bytes);
        models[precision][static_cast<std::size_t>(m)].push_back(one);
        sum.bytes += one.bytes;
        sum.floats += one.floats;
      }
    }
  }

  Json json;
  json["device"] = cpu.name;
  json["lanes"] = cpu.default_lanes;
  json["rounds"] = options.rounds;
  for (const auto& [precision, rounds] : study) {
    Json& of_precision = json[to_string(precision)];
    of_precision["float32_over_uint8"] = median_ratio(rounds);
    for (int m = 0; m < kModels; ++m) {
      of_precision["models"][study_model(m).name] =
          median_ratio(models[precision][static_cast<std::size_t>(m)]);
    }
  }
  std::printf("%s\n", json.dump(2).c_str());
  write_file_atomically(options.out, json.dump(2) + "\n");
}

}  // namespace gpu_sweep::bench
