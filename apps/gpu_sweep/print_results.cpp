#include "apps/gpu_sweep/print_results.h"

#include "apps/gpu_sweep/output.h"
#include "engine/report/summary_json.h"
#include "engine/report/tables.h"

namespace gpu_sweep {

void print_results(const StoredExperiment& stored, const std::vector<RunRecord>& runs, bool json) {
  print_data(json ? summary_text(summary_json(stored, runs)) : study_table(stored, runs));
}

void warn_of_damage(const RunStore& store) {
  for (const std::string& damage : store.damaged()) {
    warn("damaged, what is missing is trained again: " + damage);
  }
}

}  // namespace gpu_sweep
