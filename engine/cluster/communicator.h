// How the processes of one job talk: what a message-passing library must be able to do.
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

/// A rank on the same machine, this one included.
struct LocalPeer {
  int rank = 0;
  std::vector<int> cores;  ///< that it may run on
};

/// One of `size` processes. All members are called from one thread, none blocks but `finish`, and messages
/// between two ranks arrive in the order in which they were sent. Failures of the library end the job.
struct Communicator {
  int rank = 0;
  int size = 1;
  std::vector<LocalPeer> peers;  ///< ascending by rank
  std::function<void(int to, std::vector<std::byte> bytes)> send;
  std::function<std::optional<Incoming>()> receive;
  std::function<void()> finish;         ///< every rank calls it once; returns when all have
  std::function<void(int code)> abort;  ///< ends all ranks; the job's exit code is `code`. Does not return
};

/// What libgpu_sweep_mpi.so exports as extern "C" `gpu_sweep_mpi_library`.
struct MpiLibrary {
  static constexpr int kVersion = 1;
  int version = kVersion;
  Communicator (*join)() = nullptr;  ///< once a process
};
using MpiLibraryFunction = const MpiLibrary* (*)();

}  // namespace gpu_sweep
