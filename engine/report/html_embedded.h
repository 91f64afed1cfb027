// Files that were built into the program: the report's page, its chart specifications and Vega.
#pragma once

#include <string_view>

namespace gpu_sweep {

/// The contents of a file of engine/report/page, engine/report/specs or Debian's libjs-vega, by its name
/// without directories. Throws std::logic_error where there is none.
std::string_view embedded_file(std::string_view name);

}  // namespace gpu_sweep
