#include <CLI/CLI.hpp>
#include <algorithm>

#include "apps/gpu_sweep/generated_pages.h"

namespace gpu_sweep {
namespace {

std::vector<std::string> flags_of(const CLI::Option& option) {
  std::vector<std::string> flags;
  for (const std::string& name : option.get_lnames()) flags.push_back("--" + name);
  for (const std::string& name : option.get_snames()) flags.push_back("-" + name);
  return flags;
}

std::string joined(const std::vector<std::string>& words, const char* separator) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : separator) + word;
  return text;
}

bool is_hidden(const CLI::Option& option) { return option.get_group().empty(); }

std::vector<std::string> all_flags(const CLI::App& app) {
  std::vector<std::string> flags;
  for (const CLI::Option* option : app.get_options()) {
    if (is_hidden(*option)) continue;
    const std::vector<std::string> more = flags_of(*option);
    flags.insert(flags.end(), more.begin(), more.end());
  }
  return flags;
}

/// Returns the words "one two" if the value of a flag is described as "one|two", and "" for any other
/// description. Words with a colon, such as cuda:N, are left out: they stand for many values, and bash would
/// split them at the colon.
std::string values(const CLI::Option& option) {
  const std::string type = option.get_type_name();
  if (type.find('|') == std::string::npos) return "";
  std::vector<std::string> words;
  for (const std::string& word : CLI::detail::split(type, '|')) {
    if (word.find(':') == std::string::npos) words.push_back(word);
  }
  return joined(words, " ");
}

/// Returns the branch of the script's `case` for `command`. It sets `words` to what may be completed: the
/// values of the flag before the cursor, or else the flags of the command. If the command takes a file, its
/// flags are offered only after a hyphen. If `words` is empty, bash offers file names.
std::string command_case(const CLI::App& command) {
  const std::vector<const CLI::Option*> options = command.get_options();
  const auto is_positional = [](const CLI::Option* option) { return option->get_positional(); };
  std::string script = "      " + command.get_name() + ")\n        case $previous in\n";
  for (const CLI::Option* option : options) {
    if (is_hidden(*option) || is_positional(option) || option->get_items_expected_max() == 0) continue;
    script += "          " + joined(flags_of(*option), " | ") + ") words=\"" + values(*option) + "\" ;;\n";
  }
  const char* offered_at = std::ranges::any_of(options, is_positional) ? "-*" : "*";
  script += "          *) case $current in " + std::string(offered_at) + ") words=\"" +
            joined(all_flags(command), " ") + "\" ;; esac ;;\n";
  return script + "        esac\n        ;;\n";
}

}  // namespace

std::string bash_completion(const CLI::App& program) {
  std::vector<std::string> first;
  std::string cases;
  for (const CLI::App* command : program.get_subcommands({})) {
    first.push_back(command->get_name());
    cases += command_case(*command);
  }
  const std::vector<std::string> flags = all_flags(program);
  first.insert(first.end(), flags.begin(), flags.end());
  return "# Completion of gpu_sweep's commands and flags for bash.\n"
         "_gpu_sweep() {\n"
         "  local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]} words=\n"
         "  if [ \"$COMP_CWORD\" -eq 1 ]; then\n"
         "    words=\"" +
         joined(first, " ") +
         "\"\n"
         "  else\n"
         "    case ${COMP_WORDS[1]} in\n" +
         cases +
         "    esac\n"
         "  fi\n"
         "  mapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$current\")\n"
         "}\n"
         "complete -o default -F _gpu_sweep gpu_sweep\n";
}

}  // namespace gpu_sweep
