// What of a machine each of the ranks on it may use.
#pragma once

#include <vector>

#include "engine/cluster/communicator.h"

namespace gpu_sweep {

/// Rank 0 leads and does not train.
constexpr int kLeader = 0;

struct LocalShare {
  int cores = 1;     ///< for this rank: every core is shared out among those who train and may run on it
  int position = 0;  ///< of this rank among those who train on its machine
  int trainers = 1;  ///< how many these are
};

/// `rank` is one of `peers` and trains.
LocalShare local_share(const std::vector<LocalPeer>& peers, int rank);

/// Of the devices in `all`, those of the rank with this share: one each in turn where there are as many ranks
/// as devices or more, else every device has one owner.
std::vector<int> devices_of(const std::vector<int>& all, const LocalShare& share);

}  // namespace gpu_sweep
