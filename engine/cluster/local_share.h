// Divides a machine among the ranks that run on it.
#pragma once

#include <vector>

#include "engine/cluster/communicator.h"

namespace gpu_sweep {

/// Rank 0 is the leader and does not train.
constexpr int kLeader = 0;

struct LocalShare {
  int cores = 1;     ///< of this rank; a core shared by several training ranks is divided among them
  int position = 0;  ///< index of this rank among the training ranks on its machine
  int trainers = 1;  ///< number of training ranks on the machine
};

/// Returns the share of `rank`, which must be one of `peers` and must train.
LocalShare local_share(const std::vector<LocalPeer>& peers, int rank);

/// Returns the devices in `all` that belong to the rank with this share. If there are at least as many
/// training ranks as devices, each rank gets one device, and the devices are assigned in turn. Otherwise each
/// device belongs to exactly one rank.
std::vector<int> devices_of(const std::vector<int>& all, const LocalShare& share);

}  // namespace gpu_sweep
