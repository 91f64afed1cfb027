#include <algorithm>
#include <cstdio>
#include <string>

#include "apps/study_bench/bench.h"
#include "apps/study_bench/rates.h"
#include "apps/study_bench/study_model.h"
#include "engine/sweep/cost.h"
#include "gpu_sweep/error.h"
#include "gpu_sweep/find_data.h"
#include "gpu_sweep/load_dataset.h"

namespace gpu_sweep::bench {

void measure_as_peer(const Options& options, Precision precision) {
  const Backend backend = cpu_backend();
  const DeviceInfo& cpu = backend.devices.front();
  if (precision == Precision::kBf16 && !cpu.supports_bf16) {
    throw Error(ExitCode::kUsage, "this processor has no bf16 products");
  }
  DataRemarks remarks;
  const Dataset dataset = load_dataset(find_data(options.data), &remarks);
  std::printf("ready %s\n", cpu.numerics.c_str());
  std::fflush(stdout);
  std::getchar();
  constexpr int kPeerEpochs = 5;
  const double seconds =
      epoch_seconds(study_model(0), precision, dataset, backend, cpu.default_lanes, kPeerEpochs);
  std::printf("%.9f\n", seconds / cpu.default_lanes);
}

}  // namespace gpu_sweep::bench
