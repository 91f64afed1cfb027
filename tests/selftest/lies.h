// What a device may do wrong, as lies of a CPU lane.
#pragma once

#include <string>
#include <vector>

#include "engine/model/model_spec.h"
#include "tests/selftest/lying_lane.h"

namespace gpu_sweep::test {

struct NamedLie {
  std::string name;
  Activation activation;                     ///< of a group in which it is a lie
  OptimiserKind optimiser;                   ///< likewise
  std::vector<Precision> precisions;         ///< in which it is one
  Perform perform;                           ///< `honestly` is the honest variant's
  std::function<void(Program&)> alter = {};  ///< as in Lie
};

/// `precisions` of what is a lie in each of them.
inline const std::vector<Precision> kEveryPrecision = {Precision::kFp32, Precision::kTf32, Precision::kBf16};

std::vector<NamedLie> lies_of_products();
std::vector<NamedLie> lies_of_layers();
std::vector<NamedLie> lies_of_optimisers();

/// All of them.
std::vector<NamedLie> lies();

}  // namespace gpu_sweep::test
