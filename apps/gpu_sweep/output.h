// The two streams: data on stdout, everything said to the user on stderr.
#pragma once

#include <string>

namespace gpu_sweep {

/// Writes to stdout and flushes. Throws Error(kOutput) where that fails.
void print_data(const std::string& text);

/// One line on stderr: a plain remark, "warning: ...", "error: ...". Coloured on a terminal unless NO_COLOR
/// is set; control characters are escaped.
void say(const std::string& line);
void warn(const std::string& line);
void report_error(const std::string& line);

/// The same for threads beside the one that draws the progress bar: on a terminal they erase it first.
void say_over_bar(const std::string& line);
void warn_over_bar(const std::string& line);

/// Whether stderr is a terminal that can redraw a line.
bool can_redraw();

/// The columns of the terminal that stderr is; 80 where nothing says how many.
int terminal_columns();

}  // namespace gpu_sweep
