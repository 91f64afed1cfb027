#include "engine/store/runs/merged_settings.h"

#include <algorithm>
#include <iterator>
#include <set>

#include "engine/experiment/hyper_parameters.h"
#include "gpu_sweep/error.h"

namespace gpu_sweep {
namespace {

void refuse_two_designs(const JudgedStore& first, const JudgedStore& other) {
  if (first.settings.race != other.settings.race) {
    const std::string raced = (first.settings.race ? first : other).directory.string();
    throw Error(ExitCode::kUsage, "the seeds of " + raced + " were bought as a race and those of " +
                                      (first.settings.race ? other : first).directory.string() +
                                      " were not: found both, expected one");
  }
  if (first.settings.until_decided == other.settings.until_decided) return;
  const bool bought = first.settings.until_decided;
  const std::string fixed = (bought ? other : first).directory.string();
  throw Error(ExitCode::kUsage, "the seeds of " + (bought ? first : other).directory.string() +
                                    " were bought until decided and the number of runs of " + fixed +
                                    " was fixed beforehand: found both, expected one; gpu_sweep run "
                                    "EXPERIMENT.toml --until-decided --out " +
                                    fixed + " makes it a bought one");
}

std::string limit_of(const AnalysisSettings& settings) {
  return settings.smallest_difference ? number_text(*settings.smallest_difference) : "none";
}

std::string difference(const char* key, const std::string& found, const std::string& other,
                       const JudgedStore& first, const JudgedStore& second) {
  return std::string(key) + ": found " + found + " in " + first.directory.string() + " and " + other +
         " in " + second.directory.string() + "; the merged study has " + found;
}

}  // namespace

AnalysisSettings merged_settings(const std::vector<JudgedStore>& stores, std::vector<std::string>& remarks) {
  const JudgedStore& first = stores.front();
  AnalysisSettings merged = first.settings;
  std::set<int> looks;
  for (const JudgedStore& each : stores) {
    refuse_two_designs(first, each);
    looks.insert(each.settings.looks.begin(), each.settings.looks.end());
    if (each.settings.max_diverged != merged.max_diverged) {
      remarks.push_back(difference("max_diverged", number_text(merged.max_diverged),
                                   number_text(each.settings.max_diverged), first, each));
    }
    if (each.settings.smallest_difference != merged.smallest_difference) {
      remarks.push_back(
          difference("smallest_difference", limit_of(merged), limit_of(each.settings), first, each) +
          (merged.smallest_difference ? ", stated after the runs" : ""));
    }
    if (merged.smallest_difference && (each.settings.stated_after_runs ||
                                       each.settings.smallest_difference != merged.smallest_difference)) {
      merged.stated_after_runs = true;
    }
  }
  merged.looks.assign(looks.begin(), looks.end());
  return merged;
}

}  // namespace gpu_sweep
