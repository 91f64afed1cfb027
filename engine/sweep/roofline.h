// The least time an experiment can take on a card, computed from its programs: no operation runs faster than
// its bytes pass through memory, nor faster than its products pass through the arithmetic units (Williams et
// al. 2009).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/data/dataset_layout.h"
#include "engine/program/op.h"
#include "engine/train/group_spec.h"

namespace gpu_sweep {

/// A card by its data sheet: peaks that no program reaches.
struct Card {
  const char* name;
  double bytes_per_second;  ///< of its memory
  double fp32_flops;        ///< per second, outside the tensor cores
  double tf32_flops;        ///< per second, dense
  double bf16_flops;        ///< per second, dense, accumulated in fp32
};

/// Looks a card up by name, such as "h100". `card_names` lists the known ones.
std::optional<Card> find_card(const std::string& name);
std::vector<std::string> card_names();

/// The least that one execution of `op` takes: the larger of its bytes over the bandwidth and its FLOPs over
/// the peak.
double floor_seconds(const Card& card, const Op& op);

/// One kind of operation at one shape, summed over the experiment.
struct RooflineLine {
  std::string operation;
  double calls = 0;
  double flops = 0;    ///< of products, padding included
  double bytes = 0;    ///< that must be read and written if nothing is left in a cache between operations
  double seconds = 0;  ///< the larger of bytes over bandwidth and FLOPs over peak

  // The same work as single-purpose calls (engine/program/unfused.h).
  double replica_calls = 0;    ///< calls times replicas
  double unfused_passes = 0;   ///< calls of the library in place of one of ours
  double unfused_bytes = 0;    ///< of all its calls
  double unfused_seconds = 0;  ///< products take as long
};

struct Roofline {
  std::vector<RooflineLine> lines;  ///< the slowest first
  double flops = 0;
  double bytes = 0;
  double seconds = 0;
  double unfused_bytes = 0;
  double unfused_seconds = 0;
};

/// All training steps and validations of `groups`; a group's idle replicas count, the final evaluations do
/// not.
Roofline roofline(const std::vector<GroupSpec>& groups, const DatasetLayout& dataset, const Card& card);

}  // namespace gpu_sweep
