// Possible faults of a device, as lies of a CPU lane.
#pragma once

#include <string>
#include <vector>

#include "gpu_sweep/model_spec.h"
#include "tests/selftest/lying_lane.h"

namespace gpu_sweep::test {

struct NamedLie {
  std::string name;
  Activation activation;                     ///< of a group in which this is a lie
  OptimizerKind optimizer;                   ///< of a group in which this is a lie
  std::vector<Precision> precisions;         ///< in which this is a lie
  Perform perform;                           ///< called with the `honestly` of the honest variant
  std::function<void(Program&)> alter = {};  ///< as in Lie
  bool settings = false;                     ///< of a group with add_settings
};

/// The `precisions` of a lie that can be told in every precision.
inline const std::vector<Precision> kEveryPrecision = {Precision::kFp32, Precision::kTf32, Precision::kBf16};

std::vector<NamedLie> lies_of_products();
std::vector<NamedLie> lies_of_layers();
std::vector<NamedLie> lies_of_optimizers();
std::vector<NamedLie> lies_of_settings();

/// Returns all lies.
std::vector<NamedLie> lies();

}  // namespace gpu_sweep::test
