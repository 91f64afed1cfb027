// Files embedded in the program: the report page, its chart specifications and Vega.
#pragma once

#include <string_view>

namespace gpu_sweep {

/// Returns the contents of a file of engine/report/html/page, engine/report/html/specs or Debian's
/// libjs-vega, by its name without directories. Throws std::logic_error if there is none.
std::string_view embedded_file(std::string_view name);

}  // namespace gpu_sweep
