// Vega as one script.
#pragma once

#include <string>

namespace gpu_sweep {

/// Returns a script that defines the global `vega` with the parts that the page uses. It is assembled from
/// the modules that Debian's libjs-vega installs, because this package does not contain Vega as a single
/// file.
std::string vega_script();

}  // namespace gpu_sweep
