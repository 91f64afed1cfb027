#include "apps/gpu_sweep/cut_mapping.h"

#include <signal.h>
#include <termios.h>
#include <unistd.h>

#include <string_view>

#include "gpu_sweep/error.h"

namespace gpu_sweep {
namespace {

/// Writes to stderr. Calls only functions that a signal handler may call.
void write_to_stderr(std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(STDERR_FILENO, text.data(), text.size());
    if (written <= 0) return;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
}

void on_bus_error(int signal, siginfo_t* info, void*) {
  if (info->si_code != BUS_ADRERR) {  // from broken memory or another process, so it kills the program
    ::signal(signal, SIG_DFL);
    ::raise(signal);  // delivered when the handler returns
    return;
  }
  termios terminal;
  if (::tcgetattr(STDERR_FILENO, &terminal) == 0) write_to_stderr("\n");  // moves below the progress bar
  write_to_stderr(
      "error: a file that is mapped into memory was truncated by another program, probably runs.sqlite-shm "
      "in the "
      "folder of the results: finished runs are kept in runs.sqlite and its log; the same command "
      "continues\n");
  ::_exit(static_cast<int>(ExitCode::kOutput));
}

}  // namespace

void report_cut_mappings() {
  struct sigaction action = {};
  action.sa_sigaction = on_bus_error;
  action.sa_flags = SA_SIGINFO;
  ::sigemptyset(&action.sa_mask);
  ::sigaction(SIGBUS, &action, nullptr);
}

}  // namespace gpu_sweep
