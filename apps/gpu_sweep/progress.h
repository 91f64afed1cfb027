// How far a sweep is: a bar on a terminal, a line every few seconds elsewhere.
#pragma once

#include <functional>
#include <iosfwd>
#include <string>

namespace gpu_sweep {

class Progress {
 public:
  enum class Style { kQuiet, kLines, kBar };

  /// `flops` and `runs` are the work in all; `clock` gives seconds from any origin. `columns` is asked before
  /// each drawing how wide the terminal is; the bar never takes its last column, where some would wrap.
  Progress(std::ostream& out, Style style, double flops, int runs, std::function<double()> clock,
           std::function<int()> columns);
  ~Progress();  ///< leaves the bar's line, so that an error starts on one of its own
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  void advance(double flops);  ///< some more of the work is done
  void run_finished();

  /// A line of its own, above the bar. Printed in every style.
  void note(const std::string& line);

  /// Ends the bar, or says once more how far it came.
  void finish();

 private:
  double share_done() const;
  std::string status() const;
  std::string bar(int columns) const;
  void show(bool now);
  void erase_bar();

  std::ostream& out_;
  Style style_;
  double flops_;
  int runs_;
  std::function<double()> clock_;
  std::function<int()> columns_;
  double start_;
  double last_shown_;
  double line_pause_;  // before the next line: grows
  double flops_done_ = 0;
  int runs_done_ = 0;
  bool bar_stands_ = false;
};

}  // namespace gpu_sweep
