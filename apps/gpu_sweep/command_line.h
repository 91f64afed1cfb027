// Parses the command line into a command whose flags are set.
#pragma once

#include <CLI/CLI.hpp>
#include <optional>
#include <vector>

#include "apps/gpu_sweep/commands/command.h"

namespace gpu_sweep {

/// Sets the flags of `program` and of the chosen command, and returns this command. For --help and --version,
/// prints the text and returns nothing. Throws Error(kUsage) with one line. If a known command or flag is
/// similar to an unknown one, the line suggests it.
std::optional<Command> parse_command_line(CLI::App& program, const std::vector<Command>& commands, int argc,
                                          const char* const* argv);

}  // namespace gpu_sweep
