// Vega as one script.
#pragma once

#include <string>

namespace gpu_sweep {

/// A script that defines the global `vega` with what the page uses of it. Made from the modules that Debian's
/// libjs-vega installs, which has no bundle.
std::string vega_script();

}  // namespace gpu_sweep
