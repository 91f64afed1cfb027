// The manual page and the shell completion. They are generated from the same descriptions of the commands as
// --help, so the three cannot contradict each other.
#pragma once

#include <string>

namespace CLI {
class App;
}

namespace gpu_sweep {

/// Returns the manual page (section 1, man(7) macros), which has every command with its arguments, flags and
/// footer. `summary` is the short description that follows the program's name.
std::string man_page(const CLI::App& program, const std::string& summary);

/// Returns a completion script for bash. It completes commands, the flags of each command, and the values of
/// flags that accept only a few values.
std::string bash_completion(const CLI::App& program);

}  // namespace gpu_sweep
