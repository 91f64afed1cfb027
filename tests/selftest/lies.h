// Faults that a device may have. A CPU lane simulates each of them (lying_lane.h) and is then said to lie.
#pragma once

#include <string>
#include <vector>

#include "gpu_sweep/model_spec.h"
#include "tests/selftest/lying_lane.h"

namespace gpu_sweep::test {

struct NamedLie {
  std::string name;
  Activation activation;              ///< of the group that is trained when the lie is told
  OptimizerKind optimizer;            ///< of the group that is trained when the lie is told
  std::vector<Precision> precisions;  ///< in which a device must not have the fault
  Perform perform;                    ///< `honestly` computes like kHonestVariants[0] (honest_products.h)
  std::function<void(Program&)> alter = {};  ///< see Lie::alter
  bool settings = false;                     ///< whether the trained group uses the settings of add_settings
};

/// The `precisions` of a lie that can be told in all precisions.
inline const std::vector<Precision> kEveryPrecision = {Precision::kFp32, Precision::kTf32, Precision::kBf16};

std::vector<NamedLie> lies_of_products();
std::vector<NamedLie> lies_of_layers();
std::vector<NamedLie> lies_of_optimizers();
std::vector<NamedLie> lies_of_settings();

std::vector<NamedLie> lies();

}  // namespace gpu_sweep::test
