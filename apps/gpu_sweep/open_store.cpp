#include "apps/gpu_sweep/open_store.h"

#include "apps/gpu_sweep/output.h"

namespace gpu_sweep {

OpenedStore open_store(const std::string& out, const Experiment& experiment, const std::vector<RunSpec>& runs,
                       const Setup& setup, const PlanOptions& options) {
  OpenedStore opened{RunStore::create_or_continue(out, experiment, make_provenance(setup)), {}};
  for (const std::string& damage : opened.store.damaged()) {
    warn("damaged, what is missing is trained again: " + damage);
  }
  const auto done = [&opened](const std::string& key) { return opened.store.contains(key); };
  opened.left = plan_groups(runs, setup.dataset, options, done);
  return opened;
}

}  // namespace gpu_sweep
