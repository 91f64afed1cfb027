#include "engine/experiment/unused_scalars.h"

#include <algorithm>

namespace gpu_sweep {

void UnusedScalars::note(const ModelDraft& draft) {
  const std::string kind = to_string(draft.optimizer.resolved().kind);
  for (const OptimizerDraft::Stated& stated : draft.optimizer.without_effect()) {
    Unused unused{stated.place + ": " + number_text(stated.value) + " has no effect on ",
                  ": " + kind + " has no " + stated.scalar.key + " (no warning if a table names " + kind +
                      " and states one of its own keys)",
                  draft.spec.name};
    const auto same = std::ranges::find_if(all_, [&unused](const Unused& other) {
      return other.what == unused.what && other.why == unused.why;
    });
    if (same == all_.end()) {
      all_.push_back(std::move(unused));
    } else {
      ++same->more_models;
    }
  }
}

std::vector<std::string> UnusedScalars::lines() const {
  std::vector<std::string> lines;
  for (const Unused& unused : all_) {
    std::string models = shown_text(unused.first_model);
    if (unused.more_models > 0) models += " and " + std::to_string(unused.more_models) + " more";
    lines.push_back(unused.what + models + unused.why);
  }
  return lines;
}

}  // namespace gpu_sweep
