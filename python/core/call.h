// Runs work on a separate thread while the calling Python thread handles Ctrl-C, warnings and progress.
#pragma once

#include <nanobind/nanobind.h>

#include <cstddef>
#include <functional>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

namespace gpu_sweep::python {

struct ProgressNow {
  double share = 0;  ///< share of the arithmetic that is done
  std::size_t runs = 0;
  std::size_t all_runs = 0;
};

/// Messages from the work to the caller. All members may be called from any thread, without the GIL.
class Mailbox {
 public:
  struct Letter {
    bool is_warning = false;
    std::string line;
  };
  struct Contents {
    std::vector<Letter> letters;
    std::optional<ProgressNow> progress;  ///< the latest progress, if it has changed
  };

  void warn(const std::string& line);
  void note(const std::string& line);
  void progress(const ProgressNow& now);
  /// Sets the note that an interrupted caller receives: "3 of 20 runs are kept in results/depth".
  void set_outcome(const std::string& line);

  Contents take();
  std::string outcome();

 private:
  std::mutex mutex_;
  Contents contents_;
  std::string outcome_;
};

/// Python functions, called on the caller's thread. Each may be None.
struct Listeners {
  nanobind::object warn;      ///< (line)
  nanobind::object note;      ///< (line)
  nanobind::object progress;  ///< (share, runs, all_runs)
};

using Work = std::function<void(Mailbox& mailbox, const std::stop_token& stop)>;

/// Runs `work` on another thread, with the GIL released, and returns when `work` has ended. If a listener or
/// the Python handler of a signal raises an exception, as the handler of Ctrl-C does on the main thread,
/// `work` is requested to stop. After `work` has ended, this exception is raised, with Mailbox::outcome and
/// the message of what `work` threw as a note. If there was no such exception, throws what `work` throws.
void run_aside(const Work& work, const Listeners& listeners);

}  // namespace gpu_sweep::python
