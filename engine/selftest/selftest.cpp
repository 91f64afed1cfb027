#include "engine/selftest/selftest.h"

#include <exception>

#include "engine/selftest/checks.h"

namespace gpu_sweep {
namespace {

struct Check {
  std::string name;
  std::function<SelftestResult()> run;
};

std::vector<Check> checks_of(const SelftestSubject& subject) {
  std::vector<Check> checks;
  const auto add = [&](const char* name, auto check) {
    checks.push_back({name, [&subject, check] { return check(subject); }});
  };
  const auto add_precise = [&](const char* name, auto check) {
    for (const Precision precision : subject.precisions) {
      checks.push_back({std::string(name) + " " + to_string(precision),
                        [&subject, check, precision] { return check(subject, precision); }});
    }
  };
  add_precise("products", check_products);
  add_precise("operations", check_operations);
  add_precise("before training", check_before_training);
  add("order of the rows", check_order);
  add("dropout masks", check_masks);
  add_precise("replay", check_replay);
  add_precise("places", check_places);
  add_precise("lanes", check_lanes);
  add_precise("training", check_training);
  add("graph nodes", check_nodes);
  add_precise("speed", measure_speed);
  return checks;
}

}  // namespace

std::vector<SelftestResult> run_selftest(const SelftestSubject& subject,
                                         const std::function<void(const SelftestResult&)>& on_result) {
  std::vector<SelftestResult> results;
  for (const Check& check : checks_of(subject)) {
    try {
      results.push_back(check.run());
    } catch (const std::exception& error) {
      results.push_back({check.name, "did not finish", error.what(), false, {}});
    }
    on_result(results.back());
  }
  return results;
}

}  // namespace gpu_sweep
