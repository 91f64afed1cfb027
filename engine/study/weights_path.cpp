#include "engine/study/weights_path.h"

#include "engine/report/export/file_name.h"

namespace gpu_sweep {

std::filesystem::path weights_path(const std::filesystem::path& directory, const std::string& model,
                                   std::uint64_t seed) {
  return directory / (file_name(model) + ", seed " + std::to_string(seed) + ".npz");
}

}  // namespace gpu_sweep
