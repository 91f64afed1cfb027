// Texts for an installed program, made from the same command descriptions as --help, so that they cannot
// drift.
#pragma once

#include <string>

namespace CLI {
class App;
}

namespace gpu_sweep {

/// The manual page of section 1, in man(7) macros: every command with its arguments, flags and footer.
/// `summary` is the half sentence after the name.
std::string man_page(const CLI::App& program, const std::string& summary);

/// A completion script for bash: commands, each one's flags, and the values of flags that have few.
std::string bash_completion(const CLI::App& program);

}  // namespace gpu_sweep
