#include "apps/gpu_sweep/lost_runs.h"

#include "apps/gpu_sweep/output.h"
#include "engine/error.h"

namespace gpu_sweep {

LostRuns::LostRuns(const std::vector<const RunStore*>& stores) {
  for (const RunStore* store : stores) {
    for (const std::string& remark : store->remarks()) warn(remark);
    const std::vector<std::string> missing = store->missing();
    for (const std::string& line : missing) warn("missing: " + line);
    if (!missing.empty()) directories_ += (directories_.empty() ? "" : " and ") + store->directory().string();
  }
}

void LostRuns::check() const {
  if (directories_.empty()) return;
  throw Error(ExitCode::kCorrupt,
              directories_ + ": finished runs are missing; the command that trained them trains them again");
}

}  // namespace gpu_sweep
