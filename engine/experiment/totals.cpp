#include "engine/experiment/totals.h"

#include <cstdint>

#include "engine/experiment/hyper_parameters.h"

namespace gpu_sweep {

std::optional<Excess> excess_of(const Experiment& experiment) {
  const auto runs = static_cast<std::uint64_t>(experiment.runs);
  const auto last_seed = static_cast<std::uint64_t>(kSeedRange.most);
  if (experiment.seed > last_seed || runs - 1 > last_seed - experiment.seed) {
    return Excess{"seed", std::to_string(experiment.seed) + " with " + std::to_string(runs) + " runs",
                  "a last seed of at most " + std::to_string(last_seed)};
  }
  if (runs * experiment.models.size() > kMaxRunsInAll) {
    return Excess{"runs",
                  std::to_string(runs) + " runs of " + std::to_string(experiment.models.size()) + " models",
                  "at most " + std::to_string(kMaxRunsInAll) + " runs in all"};
  }
  return std::nullopt;
}

}  // namespace gpu_sweep
