// Text of files and command lines in messages.
#pragma once

#include <string>
#include <string_view>

namespace gpu_sweep {

/// Returns text quoted for a message: control characters become '?', and long text is truncated.
std::string shown_text(std::string_view text);

}  // namespace gpu_sweep
