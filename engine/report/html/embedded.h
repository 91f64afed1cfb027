// Files embedded in the program: the report page, its chart specifications and Vega.
#pragma once

#include <string_view>

namespace gpu_sweep {

/// Returns the contents of the file called `name` (without directories) in engine/report/html/page,
/// engine/report/html/specs or Debian's libjs-vega. Throws std::logic_error if no such file is embedded.
std::string_view embedded_file(std::string_view name);

}  // namespace gpu_sweep
