#include "apps/gpu_sweep/output.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string_view>

#include "engine/error.h"
#include "engine/report/display_width.h"

namespace gpu_sweep {
namespace {

bool may_colour() {
  const char* no_color = std::getenv("NO_COLOR");
  return can_redraw() && (no_color == nullptr || *no_color == '\0');
}

void say_marked(const char* colour, const char* mark, const std::string& text) {
  const std::string line = printable(text);
  if (may_colour()) {
    std::fprintf(stderr, "\x1b[%sm%s\x1b[0m %s\n", colour, mark, line.c_str());
  } else {
    std::fprintf(stderr, "%s %s\n", mark, line.c_str());
  }
}

}  // namespace

void print_data(const std::string& text) {
  if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size() || std::fflush(stdout) != 0) {
    throw Error(ExitCode::kOutput, std::string("standard output: ") + std::strerror(errno));
  }
}

void say(const std::string& line) { std::fprintf(stderr, "%s\n", printable(line).c_str()); }
void warn(const std::string& line) { say_marked("1;33", "warning:", line); }
void report_error(const std::string& line) { say_marked("1;31", "error:", line); }

bool can_redraw() {
  const char* term = std::getenv("TERM");
  return isatty(STDERR_FILENO) == 1 && term != nullptr && std::string_view(term) != "dumb";
}

int terminal_columns() {
  constexpr int kUsual = 80;
  winsize size{};
  return ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : kUsual;
}

}  // namespace gpu_sweep
