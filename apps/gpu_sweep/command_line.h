// Parsing of the command line into a command with its flags set.
#pragma once

#include <CLI/CLI.hpp>
#include <optional>
#include <vector>

#include "apps/gpu_sweep/commands/command.h"

namespace gpu_sweep {

/// Sets the flags of `program` and of the chosen command, and returns that command. If asked for --help or
/// --version, prints that text and returns nothing. Throws Error(kUsage) with one line; for an unknown
/// command or flag it suggests the nearest known one.
std::optional<Command> parse_command_line(CLI::App& program, const std::vector<Command>& commands, int argc,
                                          const char* const* argv);

}  // namespace gpu_sweep
