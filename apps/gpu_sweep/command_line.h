// From the words of the command line to a chosen command with its flags set.
#pragma once

#include <CLI/CLI.hpp>
#include <optional>
#include <vector>

#include "apps/gpu_sweep/command.h"

namespace gpu_sweep {

/// Parses into the flags of `program` and of the chosen command, and returns it; returns nothing where --help
/// or --version was asked for, after printing it. Throws Error(kUsage), one line; an unknown command or flag
/// names the nearest known one.
std::optional<Command> parse_command_line(CLI::App& program, const std::vector<Command>& commands, int argc,
                                          const char* const* argv);

}  // namespace gpu_sweep
