// The standard streams: data goes to stdout, and messages to the user go to stderr.
#pragma once

#include <string>

namespace gpu_sweep {

/// Writes to stdout and flushes it. Throws Error(kOutput) if that fails.
void print_data(const std::string& text);

/// Each function prints one line on stderr: a plain remark, "warning: ..." or "error: ...". If
/// can_redraw() is true and NO_COLOR is not set, the words "warning:" and "error:" are colored. Control
/// characters are escaped.
void say(const std::string& line);
void warn(const std::string& line);
void report_error(const std::string& line);

/// These functions print as `say` and `warn` do. They are for threads other than the one that draws the
/// progress bar: on a terminal, they erase the bar first.
void say_over_bar(const std::string& line);
void warn_over_bar(const std::string& line);

/// Returns whether stderr is a terminal that can redraw a line.
bool can_redraw();

/// Returns the width of the terminal at stderr, in columns; 80 if unknown.
int terminal_columns();

/// Opens /dev/null for each standard stream that the parent process has closed. Without this, a file opened
/// later would get the number of the closed stream and receive what is written to the stream. Must be called
/// first in main().
void open_standard_streams();

}  // namespace gpu_sweep
