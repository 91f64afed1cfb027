#include "engine/cluster/local_share.h"

#include <algorithm>
#include <map>

namespace gpu_sweep {

LocalShare local_share(const std::vector<LocalPeer>& peers, int rank) {
  LocalShare share;
  share.trainers = 0;
  std::map<int, int> users;  // by core, the number of training ranks that may run on it
  const LocalPeer* own = nullptr;
  for (const LocalPeer& peer : peers) {
    if (peer.rank == kLeader) continue;
    if (peer.rank == rank) {
      share.position = share.trainers;
      own = &peer;
    }
    ++share.trainers;
    for (const int core : peer.cores) ++users[core];
  }
  if (own == nullptr) return share;
  std::map<int, int> cores_by_users;
  for (const int core : own->cores) ++cores_by_users[users[core]];
  double cores = 0;
  for (const auto& [sharers, count] : cores_by_users) cores += static_cast<double>(count) / sharers;
  share.cores = std::max(1, static_cast<int>(cores + 1e-9));
  return share;
}

std::vector<int> devices_of(const std::vector<int>& all, const LocalShare& share) {
  const auto count = static_cast<int>(all.size());
  std::vector<int> own;
  for (int i = 0; i < count; ++i) {
    const bool mine =
        share.trainers >= count ? i == share.position % count : i % share.trainers == share.position;
    if (mine) own.push_back(all[static_cast<std::size_t>(i)]);
  }
  return own;
}

}  // namespace gpu_sweep
