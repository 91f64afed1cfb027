// Is this device to be believed? The checks that a user runs on a card before the first study.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "engine/selftest/margin.h"
#include "engine/selftest/subject.h"

namespace gpu_sweep {

struct SelftestResult {
  std::string check;     ///< what was looked at: "products fp32"
  std::string compared;  ///< with what, and how: "3 layouts, small integers, exact"
  std::string figure;    ///< what was seen, with its unit
  bool passed = false;
  std::vector<Margin> margins = {};  ///< the numbers behind `figure`
};

/// Runs every check and hands out each result as it comes. A check that throws has failed, and what it threw
/// is its figure; the checks after it run on lanes of their own.
std::vector<SelftestResult> run_selftest(const SelftestSubject& subject,
                                         const std::function<void(const SelftestResult&)>& on_result);

}  // namespace gpu_sweep
