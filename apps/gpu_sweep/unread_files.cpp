#include "apps/gpu_sweep/unread_files.h"

#include "apps/gpu_sweep/output.h"
#include "gpu_sweep/error.h"

namespace gpu_sweep {

void UnreadFiles::add(const std::string& line) {
  warn(line);
  any_ = true;
}

std::function<void(const std::string& line)> UnreadFiles::adder() {
  return [this](const std::string& line) { add(line); };
}

void UnreadFiles::check() const {
  if (!any_) return;
  throw Error(ExitCode::kOutput, "not every file could be read, see above; everything else is done");
}

}  // namespace gpu_sweep
