// The standard streams: data on stdout, messages to the user on stderr.
#pragma once

#include <string>

namespace gpu_sweep {

/// Writes to stdout and flushes. Throws Error(kOutput) if that fails.
void print_data(const std::string& text);

/// Print one line on stderr: a plain remark, "warning: ...", "error: ...". Colored on a terminal unless
/// NO_COLOR is set. Control characters are escaped.
void say(const std::string& line);
void warn(const std::string& line);
void report_error(const std::string& line);

/// Print as `say` and `warn` do, but from threads other than the one that draws the progress bar. On a
/// terminal, they erase the bar first.
void say_over_bar(const std::string& line);
void warn_over_bar(const std::string& line);

/// Returns whether stderr is a terminal that can redraw a line.
bool can_redraw();

/// Returns the width of the terminal at stderr, in columns; 80 if unknown.
int terminal_columns();

/// Opens /dev/null for each standard stream that the parent process closed. Otherwise a file opened later
/// would take the stream's number and receive what is written to the stream. Call this first in main().
void open_standard_streams();

}  // namespace gpu_sweep
