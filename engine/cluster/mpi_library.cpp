// Implements the communicator with MPI. This is the only file that includes MPI's header.
#include <mpi.h>
#include <sched.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <list>
#include <memory>
#include <new>
#include <numeric>
#include <string>

#include "engine/cluster/communicator.h"
#include "gpu_sweep/error.h"

namespace gpu_sweep {
namespace {

constexpr int kTag = 1;
constexpr int kMostCores = 1 << 20;

/// A message in flight: MPI reads its bytes until the request is complete.
struct Outgoing {
  MPI_Request request = MPI_REQUEST_NULL;
  std::vector<std::byte> bytes;
};

/// Returns the cores on which this process may run. Also works on machines with more than CPU_SETSIZE cores.
std::vector<int> allowed_cores() {
  for (int most = CPU_SETSIZE;; most *= 2) {
    const std::unique_ptr<cpu_set_t, void (*)(cpu_set_t*)> set(CPU_ALLOC(most),
                                                               [](cpu_set_t* memory) { CPU_FREE(memory); });
    if (!set) throw std::bad_alloc();
    const std::size_t bytes = CPU_ALLOC_SIZE(most);
    if (sched_getaffinity(0, bytes, set.get()) == 0) {
      std::vector<int> cores;
      for (int core = 0; core < most; ++core) {
        if (CPU_ISSET_S(core, bytes, set.get())) cores.push_back(core);
      }
      return cores;
    }
    // EINVAL means that the kernel supports more cores than the set can hold, so the loop tries a larger set.
    if (errno != EINVAL || most > kMostCores) {
      throw Error(ExitCode::kDevice, std::string("asking for this process's cores: ") + std::strerror(errno));
    }
  }
}

class Job {
 public:
  /// Errors in MPI calls end the job, which is MPI's default. Throws Error(kUsage) if MPI does not allow the
  /// process to have threads besides the one that calls MPI.
  Job() {
    int provided = 0;
    MPI_Init_thread(nullptr, nullptr, MPI_THREAD_FUNNELED, &provided);
    if (provided < MPI_THREAD_FUNNELED) {
      throw Error(ExitCode::kUsage, "MPI: found thread level " + std::to_string(provided) +
                                        ", expected MPI_THREAD_FUNNELED (" +
                                        std::to_string(MPI_THREAD_FUNNELED) +
                                        ") or higher: this MPI was built without threads");
    }
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

  std::vector<LocalPeer> peers() const {
    MPI_Comm machine = MPI_COMM_NULL;
    MPI_Comm_split_type(MPI_COMM_WORLD, MPI_COMM_TYPE_SHARED, rank(), MPI_INFO_NULL, &machine);
    // The values of each rank are its number, the number of its cores, and the cores.
    std::vector<int> own = allowed_cores();
    own.insert(own.begin(), {rank(), static_cast<int>(own.size())});
    const int size = static_cast<int>(own.size());
    int count = 0;
    MPI_Comm_size(machine, &count);
    std::vector<int> sizes(static_cast<std::size_t>(count));
    MPI_Allgather(&size, 1, MPI_INT, sizes.data(), 1, MPI_INT, machine);
    std::vector<int> starts(sizes.size());
    std::exclusive_scan(sizes.begin(), sizes.end(), starts.begin(), 0);
    std::vector<int> all(static_cast<std::size_t>(starts.back() + sizes.back()));
    MPI_Allgatherv(own.data(), size, MPI_INT, all.data(), sizes.data(), starts.data(), MPI_INT, machine);
    MPI_Comm_free(&machine);
    std::vector<LocalPeer> result;
    for (const int start : starts) {
      const auto entry = all.begin() + start;
      result.push_back({entry[0], {entry + 2, entry + 2 + entry[1]}});
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

  std::list<Outgoing> outgoing_;  // a list, so that bytes that MPI reads stay in place
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
