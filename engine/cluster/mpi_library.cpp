// The MPI library's side of a communicator: the only file that knows MPI.
#include <mpi.h>
#include <sched.h>

#include <algorithm>
#include <array>
#include <list>
#include <memory>

#include "engine/cluster/communicator.h"

namespace gpu_sweep {
namespace {

constexpr int kTag = 1;

/// Messages under way: MPI reads them until their requests are complete.
struct Outgoing {
  MPI_Request request = MPI_REQUEST_NULL;
  std::vector<std::byte> bytes;
};

class Job {
 public:
  /// Errors of MPI calls end the job: its own default.
  Job() {
    int provided = 0;
    MPI_Init_thread(nullptr, nullptr, MPI_THREAD_FUNNELED, &provided);
  }

  int rank() const {
    int value = 0;
    MPI_Comm_rank(MPI_COMM_WORLD, &value);
    return value;
  }

  int size() const {
    int value = 0;
    MPI_Comm_size(MPI_COMM_WORLD, &value);
    return value;
  }

  void send(int to, std::vector<std::byte> bytes) {
    complete_sends();
    Outgoing& outgoing = outgoing_.emplace_back();
    outgoing.bytes = std::move(bytes);
    MPI_Isend(outgoing.bytes.data(), static_cast<int>(outgoing.bytes.size()), MPI_BYTE, to, kTag,
              MPI_COMM_WORLD, &outgoing.request);
  }

  std::optional<Incoming> receive() {
    complete_sends();
    int there = 0;
    MPI_Status status;
    MPI_Iprobe(MPI_ANY_SOURCE, kTag, MPI_COMM_WORLD, &there, &status);
    if (there == 0) return std::nullopt;
    int count = 0;
    MPI_Get_count(&status, MPI_BYTE, &count);
    Incoming incoming{status.MPI_SOURCE, std::vector<std::byte>(static_cast<std::size_t>(count))};
    MPI_Recv(incoming.bytes.data(), count, MPI_BYTE, incoming.from, kTag, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
    return incoming;
  }

  void finish() {
    for (Outgoing& outgoing : outgoing_) MPI_Wait(&outgoing.request, MPI_STATUS_IGNORE);
    outgoing_.clear();
    MPI_Finalize();
  }

  /// The cores of all ranks on this machine.
  std::vector<LocalPeer> peers() const {
    MPI_Comm machine = MPI_COMM_NULL;
    MPI_Comm_split_type(MPI_COMM_WORLD, MPI_COMM_TYPE_SHARED, rank(), MPI_INFO_NULL, &machine);
    struct Entry {
      int rank;
      cpu_set_t cores;
    };
    Entry own{};
    own.rank = rank();
    if (sched_getaffinity(0, sizeof own.cores, &own.cores) != 0) CPU_SET(0, &own.cores);
    int count = 0;
    MPI_Comm_size(machine, &count);
    std::vector<Entry> all(static_cast<std::size_t>(count));
    MPI_Allgather(&own, sizeof own, MPI_BYTE, all.data(), sizeof own, MPI_BYTE, machine);
    MPI_Comm_free(&machine);
    std::vector<LocalPeer> result;
    for (const Entry& entry : all) {
      LocalPeer& peer = result.emplace_back();
      peer.rank = entry.rank;
      for (int core = 0; core < CPU_SETSIZE; ++core) {
        if (CPU_ISSET(core, &entry.cores)) peer.cores.push_back(core);
      }
    }
    return result;
  }

 private:
  void complete_sends() {
    std::erase_if(outgoing_, [](Outgoing& outgoing) {
      int done = 0;
      MPI_Test(&outgoing.request, &done, MPI_STATUS_IGNORE);
      return done != 0;
    });
  }

  std::list<Outgoing> outgoing_;  // a list: requests and bytes stay where they are
};

Communicator join() {
  const auto job = std::make_shared<Job>();
  Communicator communicator;
  communicator.rank = job->rank();
  communicator.size = job->size();
  communicator.peers = job->peers();
  communicator.send = [job](int to, std::vector<std::byte> bytes) { job->send(to, std::move(bytes)); };
  communicator.receive = [job] { return job->receive(); };
  communicator.finish = [job] { job->finish(); };
  communicator.abort = [](int code) { MPI_Abort(MPI_COMM_WORLD, code); };
  return communicator;
}

}  // namespace
}  // namespace gpu_sweep

extern "C" __attribute__((visibility("default"))) const gpu_sweep::MpiLibrary* gpu_sweep_mpi_library() {
  static const gpu_sweep::MpiLibrary library = [] {
    gpu_sweep::MpiLibrary made;
    made.join = gpu_sweep::join;
    return made;
  }();
  return &library;
}
