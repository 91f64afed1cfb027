// The self-test of a device: the checks that a user runs on a card before the first study.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "engine/selftest/margin.h"
#include "engine/selftest/subject.h"

namespace gpu_sweep {

struct SelftestResult {
  std::string check;     ///< what is checked: "products fp32"
  std::string compared;  ///< what it is compared with: "each one against double precision"
  std::string finding;   ///< what was measured, with its unit
  bool passed = false;
  std::vector<Margin> margins = {};  ///< the numbers from which `finding` was made
};

/// Runs every check, and passes each result to `on_result` as soon as it is available. A check that throws an
/// exception has failed, and its finding is the text of the exception. Every check creates its own lanes, so
/// the checks that follow a failed one can still run.
std::vector<SelftestResult> run_selftest(const SelftestSubject& subject,
                                         const std::function<void(const SelftestResult&)>& on_result);

}  // namespace gpu_sweep
