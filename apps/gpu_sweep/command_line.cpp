#include "apps/gpu_sweep/command_line.h"

#include <string>

#include "apps/gpu_sweep/output.h"
#include "engine/experiment/hyper_parameters.h"
#include "engine/experiment/nearest_name.h"
#include "gpu_sweep/error.h"

namespace gpu_sweep {
namespace {

std::optional<Command> chosen(const std::vector<Command>& commands) {
  for (const Command& command : commands) {
    if (command.app->parsed()) return command;
  }
  return std::nullopt;
}

std::vector<std::string> command_names(const std::vector<Command>& commands) {
  std::vector<std::string> names;
  for (const Command& command : commands) names.push_back(command.app->get_name());
  return names;
}

std::vector<std::string> flag_names(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::Option* option : app.get_options()) {
    for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
  }
  return names;
}

/// Explains what is wrong with `word`, the first word that no flag or argument accepted.
std::string explain_extra(const std::string& word, const CLI::App& program,
                          const std::vector<Command>& commands) {
  const std::optional<Command> command = chosen(commands);
  const std::string help = command ? "gpu_sweep " + command->app->get_name() + " --help" : "gpu_sweep --help";
  if (word.size() > 1 && word.starts_with('-')) {
    const std::string name = word.substr(0, word.find('='));
    const std::vector<std::string> known = flag_names(command ? *command->app : program);
    return shown_text(name) + ": unknown flag" + did_you_mean(name, known) + ", see " + help;
  }
  if (!command) {
    const std::vector<std::string> known = command_names(commands);
    return shown_text(word) + ": unknown command" + did_you_mean(word, known) + ", expected " +
           list_of(known);
  }
  return shown_text(word) + ": one argument too many, see " + help;
}

/// Explains a flag without its value, or one given twice.
std::string explain_mismatch(const CLI::ArgumentMismatch& error) {
  const std::string why = error.what();
  const std::size_t colon = why.find(": ");
  if (colon == std::string::npos) return why;
  const std::string flag = why.substr(0, colon);
  if (why.ends_with(" missing")) return flag + ": found no value, expected one";
  if (why.find("At Most 1 ") != std::string::npos) {
    return flag + ": found " + why.substr(why.rfind(' ') + 1) + " times, expected once";
  }
  return why;
}

}  // namespace

std::optional<Command> parse_command_line(CLI::App& program, const std::vector<Command>& commands, int argc,
                                          const char* const* argv) {
  try {
    program.parse(argc, argv);
  } catch (const CLI::CallForVersion&) {
    print_data(program.version() + "\n");
    return std::nullopt;
  } catch (const CLI::CallForHelp&) {
    const std::optional<Command> command = chosen(commands);
    print_data(command ? command->app->help("gpu_sweep") : program.help());
    return std::nullopt;
  } catch (const CLI::ArgumentMismatch& error) {
    throw Error(ExitCode::kUsage, explain_mismatch(error));
  } catch (const CLI::ParseError& error) {
    const std::vector<std::string> extras = program.remaining(true);
    const std::string why = extras.empty() ? error.what() : explain_extra(extras.front(), program, commands);
    throw Error(ExitCode::kUsage, why.substr(0, why.find('\n')));
  }
  std::optional<Command> command = chosen(commands);
  if (!command) {
    throw Error(ExitCode::kUsage,
                "no command, expected " + list_of(command_names(commands)) + ", see gpu_sweep --help");
  }
  return command;
}

}  // namespace gpu_sweep
