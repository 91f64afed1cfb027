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

/// Explains what is wrong with `word`, which is the first word that no flag or argument has accepted.
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

/// Explains that a flag has no value, or that it was given twice.
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

/// Throws Error(kUsage) if a switch has a value, as in "--json=no". CLI11 would ignore such a value or read
/// it as a number.
void refuse_values_of_switches(const CLI::App& program, const std::vector<Command>& commands, int argc,
                               const char* const* argv) {
  const CLI::App* app = &program;
  for (int i = 1; i < argc; ++i) {
    const std::string word = argv[i];
    if (word == "--") return;
    for (const Command& command : commands) {
      if (app == &program && command.app->get_name() == word) app = command.app;
    }
    const std::size_t equals = word.find('=');
    if (!word.starts_with('-') || equals == std::string::npos) continue;
    const std::string name = word.substr(0, equals);
    const CLI::Option* option = app->get_option_no_throw(name);
    if (option == nullptr || option->get_items_expected_max() > 0) continue;
    throw Error(ExitCode::kUsage,
                name + ": found the value " + shown_text(word.substr(equals + 1)) + ", expected none");
  }
}

}  // namespace

std::optional<Command> parse_command_line(CLI::App& program, const std::vector<Command>& commands, int argc,
                                          const char* const* argv) {
  refuse_values_of_switches(program, commands, argc, argv);
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
