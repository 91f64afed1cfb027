// Makes text from files and command lines fit for messages.
#pragma once

#include <string>
#include <string_view>

namespace gpu_sweep {

/// Returns the text in quotes for use in a message. Control characters become '?', and long text is
/// truncated.
std::string shown_text(std::string_view text);

}  // namespace gpu_sweep
