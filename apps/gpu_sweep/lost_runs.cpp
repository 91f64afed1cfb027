#include "apps/gpu_sweep/lost_runs.h"

#include "apps/gpu_sweep/output.h"
#include "gpu_sweep/error.h"

namespace gpu_sweep {

std::vector<RunRecord> LostRuns::intact_runs(const RunStore& store) {
  for (const std::string& remark : store.remarks()) warn(remark);
  std::vector<std::string> damaged;
  std::vector<RunRecord> runs = store.runs(damaged);
  for (const std::string& line : damaged) warn("damaged, left out: " + line);
  const std::vector<std::string> missing = store.missing();
  for (const std::string& line : missing) warn("missing: " + line);
  if (!damaged.empty() || !missing.empty()) {
    directories_ += (directories_.empty() ? "" : " and ") + store.directory().string();
  }
  return runs;
}

void LostRuns::check() const {
  if (directories_.empty()) return;
  throw Error(ExitCode::kCorrupt, directories_ +
                                      ": finished runs are damaged or missing; repeat the command that " +
                                      "trained them to train them again");
}

}  // namespace gpu_sweep
