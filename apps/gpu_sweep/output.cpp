#include "apps/gpu_sweep/output.h"

#include <fcntl.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <initializer_list>
#include <string_view>

#include "engine/report/display_width.h"
#include "engine/store/files/atomic_file.h"
#include "gpu_sweep/error.h"

namespace gpu_sweep {
namespace {

bool may_colour() {
  const char* no_color = std::getenv("NO_COLOR");
  return can_redraw() && (no_color == nullptr || *no_color == '\0');
}

/// Prints with a single write, so that the output of another thread comes either before or after it, not in
/// between.
void say_at_once(const std::string& before, const std::string& text) {
  std::fputs((before + printable(text) + '\n').c_str(), stderr);
}

std::string marked(const char* colour, const std::string& mark) {
  return may_colour() ? std::string("\x1b[") + colour + "m" + mark + "\x1b[0m " : mark + " ";
}

std::string warning() { return marked("1;33", "warning:"); }
std::string erasing_bar() { return can_redraw() ? "\r\x1b[K" : ""; }

}  // namespace

void print_data(const std::string& text) {
  if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size() || std::fflush(stdout) != 0) {
    throw Error(ExitCode::kOutput, "standard output: " + write_failure(errno));
  }
}

void say(const std::string& line) { say_at_once("", line); }
void warn(const std::string& line) { say_at_once(warning(), line); }
void report_error(const std::string& line) { say_at_once(marked("1;31", "error:"), line); }
void say_over_bar(const std::string& line) { say_at_once(erasing_bar(), line); }
void warn_over_bar(const std::string& line) { say_at_once(erasing_bar() + warning(), line); }

bool can_redraw() {
  const char* term = std::getenv("TERM");
  return isatty(STDERR_FILENO) == 1 && term != nullptr && std::string_view(term) != "dumb";
}

int terminal_columns() {
  constexpr int kUsual = 80;
  winsize size{};
  return ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : kUsual;
}

void open_standard_streams() {
  for (const int descriptor : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (::fcntl(descriptor, F_GETFD) >= 0 || errno != EBADF) continue;
    // The stand-in for a closed stdout is open for reading only. Writing results to it then fails, so that
    // results are not lost silently.
    const int mode = descriptor == STDOUT_FILENO ? O_RDONLY : O_RDWR;
    // All lower descriptors are open, so the lowest free descriptor is `descriptor`.
    if (::open("/dev/null", mode) != descriptor) std::abort();
  }
}

}  // namespace gpu_sweep
