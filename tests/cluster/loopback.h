// A job whose ranks are threads and exchange messages in memory.
#pragma once

#include <deque>
#include <mutex>
#include <vector>

#include "engine/cluster/communicator.h"

namespace gpu_sweep::test {

class Loopback {
 public:
  explicit Loopback(int size) : inboxes_(static_cast<std::size_t>(size)) {}

  /// Returns the communicator for the thread that plays `rank`. This object must outlive it.
  Communicator communicator(int rank) {
    Communicator result;
    result.rank = rank;
    result.size = static_cast<int>(inboxes_.size());
    result.send = [this, rank](int to, std::vector<std::byte> bytes) {
      const std::lock_guard lock(mutex_);
      inboxes_.at(static_cast<std::size_t>(to)).push_back({rank, std::move(bytes)});
    };
    result.receive = [this, rank]() -> std::optional<Incoming> {
      const std::lock_guard lock(mutex_);
      std::deque<Incoming>& inbox = inboxes_.at(static_cast<std::size_t>(rank));
      if (inbox.empty()) return std::nullopt;
      Incoming incoming = std::move(inbox.front());
      inbox.pop_front();
      return incoming;
    };
    return result;
  }

 private:
  std::mutex mutex_;
  std::vector<std::deque<Incoming>> inboxes_;
};

}  // namespace gpu_sweep::test
