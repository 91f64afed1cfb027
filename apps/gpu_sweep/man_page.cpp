#include <CLI/CLI.hpp>

#include "apps/gpu_sweep/generated_pages.h"

namespace gpu_sweep {
namespace {

/// Escapes text of one or more lines for roff. Hyphens become plain hyphens, backslashes stay backslashes,
/// and no line looks like a request.
std::string escaped(const std::string& text) {
  std::string roff;
  bool at_line_start = true;
  for (const char c : text) {
    if (at_line_start && (c == '.' || c == '\'')) roff += "\\&";
    if (c == '\\') {
      roff += "\\e";
    } else if (c == '-') {
      roff += "\\-";
    } else {
      roff += c;
    }
    at_line_start = c == '\n';
  }
  return roff;
}

/// Makes a paragraph of the lines between empty lines. Other line breaks exist only for terminals and are
/// dropped.
std::string paragraphs(const std::string& text) {
  std::string roff;
  std::size_t start = 0;
  while (start < text.size()) {
    const std::size_t end = std::min(text.find('\n', start), text.size());
    roff += end == start ? ".PP\n" : escaped(text.substr(start, end - start)) + "\n";
    start = end + 1;
  }
  return roff;
}

std::string bold(const std::string& text) { return "\\fB" + escaped(text) + "\\fR"; }
std::string italic(const std::string& text) { return "\\fI" + escaped(text) + "\\fR"; }

std::string names(const CLI::Option& option) {
  if (option.get_positional()) return italic(option.get_type_name());
  std::string text;
  for (const std::string& name : option.get_snames()) text += (text.empty() ? "" : ", ") + bold("-" + name);
  for (const std::string& name : option.get_lnames()) text += (text.empty() ? "" : ", ") + bold("--" + name);
  if (option.get_items_expected_max() > 0) text += " " + italic(option.get_type_name());
  return text;
}

std::string options(const CLI::App& app) {
  std::string roff;
  for (const CLI::Option* option : app.get_options()) {
    if (option->get_group().empty()) continue;  // a hidden flag
    roff += ".TP\n" + names(*option) + "\n" + paragraphs(option->get_description());
  }
  return roff;
}

std::string command_section(const CLI::App& command) {
  std::string heading = "gpu_sweep " + command.get_name();
  for (const CLI::Option* option : command.get_options()) {
    if (option->get_positional()) heading += " " + option->get_type_name();
  }
  std::string roff = ".SS " + escaped(heading) + " [OPTIONS]\n";
  roff += paragraphs(command.get_description() + ".") + options(command);
  if (!command.get_footer().empty()) roff += ".PP\n" + paragraphs(command.get_footer());
  return roff;
}

}  // namespace

std::string man_page(const CLI::App& program, const std::string& summary) {
  std::string roff = ".TH GPU_SWEEP 1 \"\" \"" + escaped(program.version()) + "\" \"User Commands\"\n";
  roff += ".SH NAME\ngpu_sweep \\- " + escaped(summary) + "\n";
  roff += ".SH SYNOPSIS\n" + bold("gpu_sweep") + " " + italic("COMMAND") + " [" + italic("OPTIONS") + "]\n";
  roff += ".SH DESCRIPTION\n" + paragraphs(program.get_description());
  roff += ".SH OPTIONS\n" + options(program);
  roff += ".SH COMMANDS\n";
  for (const CLI::App* command : program.get_subcommands({})) roff += command_section(*command);
  return roff + ".SH NOTES\n" + paragraphs(program.get_footer());
}

}  // namespace gpu_sweep
