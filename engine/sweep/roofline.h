// The shortest time that an experiment can take on a card, computed from its programs. An operation takes at
// least as long as memory needs to transfer its bytes, and at least as long as the arithmetic units need for
// its products (Williams et al. 2009).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/data/dataset_layout.h"
#include "engine/program/op.h"
#include "gpu_sweep/group_spec.h"

namespace gpu_sweep {

/// The data sheet of a card. It states peak values that no program reaches.
struct Card {
  const char* name;
  double bytes_per_second;  ///< of its memory
  double fp32_flops;        ///< per second, outside the tensor cores
  double tf32_flops;        ///< per second, dense
  double bf16_flops;        ///< per second, dense, accumulated in fp32
};

/// Finds a card by its name, such as "h100". `card_names` returns the known names.
std::optional<Card> find_card(const std::string& name);
std::vector<std::string> card_names();

/// Returns the shortest time of one execution of `op`. It is the larger of bytes / bandwidth and FLOPs /
/// peak.
double floor_seconds(const Card& card, const Op& op);

/// One kind of operation at one shape, summed over the whole experiment.
struct RooflineLine {
  std::string operation;
  double calls = 0;
  double flops = 0;    ///< of matrix products, including padding
  double bytes = 0;    ///< read and written if no data stay in a cache between operations
  double seconds = 0;  ///< the larger of bytes over bandwidth and FLOPs over peak

  // The same work, done by a library whose calls each do one thing (engine/program/unfused.h).
  double replica_calls = 0;    ///< calls times replicas
  double unfused_passes = 0;   ///< number of library calls that replace one operation
  double unfused_bytes = 0;    ///< of all library calls
  double unfused_seconds = 0;  ///< as `seconds`, with unfused_bytes instead of bytes
};

struct Roofline {
  std::vector<RooflineLine> lines;  ///< slowest first
  double flops = 0;
  double bytes = 0;
  double seconds = 0;
  double unfused_bytes = 0;
  double unfused_seconds = 0;
};

/// Sums all training steps and validations of `groups`, including idle replicas. The evaluations before the
/// first epoch and after the last epoch are not included.
Roofline roofline(const std::vector<GroupSpec>& groups, const DatasetLayout& dataset, const Card& card);

}  // namespace gpu_sweep
