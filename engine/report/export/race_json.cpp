#include "engine/report/export/race_json.h"

#include <nlohmann/json.hpp>

#include "engine/report/finite_json.h"
#include "engine/statistics/race.h"

namespace gpu_sweep {
namespace {

using Json = nlohmann::ordered_json;

}  // namespace

nlohmann::ordered_json race_json(const Design& design, const Experiment& experiment) {
  const Purchase& race = design.purchase.value();
  Json looks = Json::array();
  for (const Look& look : race.looks) {
    looks.push_back(Json{{"seeds", look.seeds}, {"remaining", look.models}});
  }
  Json left = Json::array();
  for (const Leaver& each : race.left) {
    left.push_back(Json{{"model", experiment.models[each.model].name},
                        {"seeds", each.seeds},
                        {"reason", each.diverged ? "diverged" : "behind"}});
  }
  const PooledSpread& spread = race.spread.value();
  return {{"sentence", design.sentence},
          {"complete", race.complete},
          {"missing_runs", design.missing},
          {"most_runs", experiment.runs},
          {"best_dropped_at_most", kRaceError},
          {"metric", to_string(kValidationAccuracy)},
          {"spread", spread.freedom > 0 ? Json(rounded(spread.deviation)) : Json(nullptr)},
          {"degrees_of_freedom", spread.freedom},
          {"looks", std::move(looks)},
          {"left", std::move(left)}};
}

}  // namespace gpu_sweep
