#include "apps/gpu_sweep/fresh_directory.h"

#include <filesystem>

#include "gpu_sweep/error.h"

namespace gpu_sweep {
namespace {

/// Returns whether `directory` does not exist or is an empty folder. A folder that cannot be read does not
/// count as free. Throws Error(kOutput) if the path cannot be looked up, because then every other name could
/// fail for the same reason.
bool is_free(const std::string& directory) {
  namespace fs = std::filesystem;
  std::error_code error;
  const fs::file_status status = fs::symlink_status(directory, error);
  if (status.type() == fs::file_type::not_found) return true;
  if (!fs::status_known(status)) {
    throw Error(ExitCode::kOutput, "cannot look up " + directory + ": " + error.message());
  }
  return fs::is_directory(directory, error) && fs::is_empty(directory, error) && !error;
}

}  // namespace

std::string fresh_directory(const std::string& out) {
  std::string base = out;
  while (base.size() > 1 && base.back() == '/') base.pop_back();
  std::string directory = base;
  for (int number = 2; !is_free(directory); ++number) directory = base + "." + std::to_string(number);
  return directory;
}

}  // namespace gpu_sweep
