#include "engine/cluster/join_cluster.h"

#include <dlfcn.h>

#include "engine/lane/open_library.h"
#include "gpu_sweep/error.h"

namespace gpu_sweep {
namespace {

[[noreturn]] void fail(const Launch& launch, const std::string& why) {
  throw Error(ExitCode::kUsage, launch.by + " started " + std::to_string(launch.size) + " processes, but " +
                                    why + "; --shard needs no MPI");
}

}  // namespace

Communicator join_cluster(const Launch& launch) {
  const std::string file = "libgpu_sweep_mpi.so";
  const OpenedLibrary opened = open_library(file);
  if (!opened.handle && opened.file.empty()) {
    fail(launch, opened.why + " (the package gpu-sweep-mpi, or GPU_SWEEP_MPI at build)");
  }
  if (!opened.handle) {
    std::string where;
    for (const std::string& line : opened.report) where += (where.empty() ? " (" : "; ") + line;
    fail(launch, opened.why + where + (where.empty() ? "" : ")"));
  }
  const auto function = reinterpret_cast<MpiLibraryFunction>(dlsym(opened.handle, "gpu_sweep_mpi_library"));
  const MpiLibrary* library = function ? function() : nullptr;
  if (!library || library->version != MpiLibrary::kVersion) {
    fail(launch, file + " belongs to another version of gpu_sweep");
  }
  Communicator communicator = library->join();
  if (communicator.size != launch.size) {
    fail(launch, "MPI sees " + std::to_string(communicator.size) +
                     (launch.by == "srun" ? ": try srun --mpi=pmix" : ": the program uses a different MPI"));
  }
  return communicator;
}

}  // namespace gpu_sweep
