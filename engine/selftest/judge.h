// Holds what one operation did to memory against double precision.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "engine/program/op.h"
#include "reference/bounded.h"

namespace gpu_sweep {

/// The bytes of both spaces before an operation and of the group's after it.
struct Deed {
  const std::vector<std::byte>& dataset;
  const std::vector<std::byte>& before;
  const std::vector<std::byte>& after;
  int step;  ///< optimiser steps completed before it
};

struct Verdict {
  double worst =
      0;  ///< largest error in units of its bound: twice what fp32 arithmetic may do; passes up to 1
  std::string complaint;  ///< the first element that fails, empty if none does
};

/// Every element that `op` must write (of a large product evenly spread rows), and every byte that it must
/// leave alone.
Verdict judge(const Op& op, const Deed& deed);

/// The elements that `op` must write, and nothing else.
Verdict judge_results(const Op& op, const Deed& deed);

}  // namespace gpu_sweep
