// Manual page and shell completion, generated from the same command descriptions as --help so that they
// cannot diverge.
#pragma once

#include <string>

namespace CLI {
class App;
}

namespace gpu_sweep {

/// Returns the manual page (section 1, man(7) macros): every command with its arguments, flags and footer.
/// `summary` is the short description after the program's name.
std::string man_page(const CLI::App& program, const std::string& summary);

/// Returns a completion script for bash: the commands, the flags of each, and the values of flags that accept
/// only a few.
std::string bash_completion(const CLI::App& program);

}  // namespace gpu_sweep
