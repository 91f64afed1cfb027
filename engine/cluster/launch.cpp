#include "engine/cluster/launch.h"

#include <dlfcn.h>

#include <charconv>
#include <cstring>

#include "engine/lane/open_library.h"
#include "gpu_sweep/error.h"

namespace gpu_sweep {
namespace {

struct Variables {
  const char* by;
  const char* rank;
  const char* size;
};

// The rows are in order of precedence: Open MPI's mpirun inside a Slurm job precedes srun. PMIx needs no row,
// because srun sets Slurm's variables with PMIx, too.
constexpr Variables kLaunchers[] = {{"mpirun", "OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE"},
                                    {"srun", "SLURM_PROCID", "SLURM_STEP_NUM_TASKS"},
                                    {"mpirun", "PMI_RANK", "PMI_SIZE"}};

std::optional<int> number(const char* text) {
  if (text == nullptr) return std::nullopt;
  int value = 0;
  const char* end = text + std::strlen(text);
  const auto [rest, error] = std::from_chars(text, end, value);
  if (error != std::errc() || rest != end) return std::nullopt;
  return value;
}

}  // namespace

std::optional<Launch> find_launch(const std::function<const char*(const char*)>& get) {
  for (const Variables& variables : kLaunchers) {
    const std::optional<int> rank = number(get(variables.rank)), size = number(get(variables.size));
    if (rank && size && *size > 1 && 0 <= *rank && *rank < *size) return Launch{variables.by, *rank, *size};
  }
  return std::nullopt;
}

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
