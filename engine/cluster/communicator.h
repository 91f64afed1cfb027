// The functions that a message-passing library must provide so that the processes of a job can communicate.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace gpu_sweep {

struct Incoming {
  int from = 0;  ///< rank of the sender
  std::vector<std::byte> bytes;
};

/// One of the ranks on the same machine as this rank. This rank itself is one of them.
struct LocalPeer {
  int rank = 0;
  std::vector<int> cores;  ///< the cores that the rank may run on
};

/// This process as one of `size` processes. All members must be called from the same thread. Messages from
/// one rank to another arrive in the order in which they were sent. If the library fails, it ends the job.
struct Communicator {
  int rank = 0;
  int size = 1;
  std::vector<LocalPeer> peers;                                    ///< ascending by rank
  std::function<void(int to, std::vector<std::byte> bytes)> send;  ///< does not wait for `to`
  std::function<std::optional<Incoming>()> receive;                ///< nothing if no message is there
  std::function<void()> finish;         ///< leaves the job; may wait for other ranks
  std::function<void(int code)> abort;  ///< ends all ranks with exit code `code`; does not return
};

/// What libgpu_sweep_mpi.so exports through extern "C" `gpu_sweep_mpi_library`.
struct MpiLibrary {
  static constexpr int kVersion = 1;
  int version = kVersion;
  Communicator (*join)() = nullptr;  ///< called once per process
};
using MpiLibraryFunction = const MpiLibrary* (*)();

}  // namespace gpu_sweep
