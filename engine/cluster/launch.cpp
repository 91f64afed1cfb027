#include "engine/cluster/launch.h"

#include <charconv>
#include <cstring>

namespace gpu_sweep {
namespace {

struct Variables {
  const char* by;
  const char* rank;
  const char* size;
};

// In order of precedence: mpirun inside a Slurm job precedes srun. PMIx needs no row: srun sets Slurm's
// variables with PMIx, too.
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

}  // namespace gpu_sweep
