#include "engine/statistics/runs_of_models.h"

#include <string_view>
#include <unordered_map>

namespace gpu_sweep {

std::vector<std::vector<const RunRecord*>> runs_of_models(const Experiment& experiment,
                                                          const std::vector<RunRecord>& runs) {
  std::unordered_map<std::string_view, std::size_t> places;
  for (std::size_t i = 0; i < experiment.models.size(); ++i) places[experiment.models[i].name] = i;
  std::vector<std::vector<const RunRecord*>> result(experiment.models.size());
  for (const RunRecord& run : runs) {
    if (const auto place = places.find(run.model); place != places.end()) {
      result[place->second].push_back(&run);
    }
  }
  return result;
}

}  // namespace gpu_sweep
