// The least time an experiment can take on a card, computed from its programs. An operation takes at least as
// long as its bytes take to pass through memory, and as its products take in the arithmetic units (Williams
// et al. 2009).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/data/dataset_layout.h"
#include "engine/program/op.h"
#include "gpu_sweep/group_spec.h"

namespace gpu_sweep {

/// The data sheet of a card: peaks that no program reaches.
struct Card {
  const char* name;
  double bytes_per_second;  ///< of its memory
  double fp32_flops;        ///< per second, outside the tensor cores
  double tf32_flops;        ///< per second, dense
  double bf16_flops;        ///< per second, dense, accumulated in fp32
};

/// Looks up a card by name, such as "h100". `card_names` lists the known ones.
std::optional<Card> find_card(const std::string& name);
std::vector<std::string> card_names();

/// Returns the least time of one execution of `op`: the larger of its bytes over the bandwidth and its FLOPs
/// over the peak.
double floor_seconds(const Card& card, const Op& op);

/// One kind of operation at one shape, summed over the experiment.
struct RooflineLine {
  std::string operation;
  double calls = 0;
  double flops = 0;    ///< of products, padding included
  double bytes = 0;    ///< read and written if no data stay in a cache between operations
  double seconds = 0;  ///< the larger of bytes over bandwidth and FLOPs over peak

  // The same work in single-purpose library calls (engine/program/unfused.h).
  double replica_calls = 0;    ///< calls times replicas
  double unfused_passes = 0;   ///< library calls that replace one call of ours
  double unfused_bytes = 0;    ///< of all library calls
  double unfused_seconds = 0;  ///< products take the same time
};

struct Roofline {
  std::vector<RooflineLine> lines;  ///< slowest first
  double flops = 0;
  double bytes = 0;
  double seconds = 0;
  double unfused_bytes = 0;
  double unfused_seconds = 0;
};

/// Sums all training steps and validations of `groups`. Idle replicas count; the evaluations before the first
/// epoch and after the last one do not.
Roofline roofline(const std::vector<GroupSpec>& groups, const DatasetLayout& dataset, const Card& card);

}  // namespace gpu_sweep
