// Shows the progress of a sweep: by a bar on a terminal, otherwise by lines at intervals that grow to a
// minute.
#pragma once

#include <functional>
#include <iosfwd>
#include <string>

namespace gpu_sweep {

class Progress {
 public:
  enum class Style { kQuiet, kLines, kBar };

  /// `flops` and `runs` are the total work. `clock` returns seconds since any fixed time. `columns` returns
  /// the width of the terminal and is called before each redraw. The bar does not use the last column,
  /// because some terminals wrap the line there.
  Progress(std::ostream& out, Style style, double flops, int runs, std::function<double()> clock,
           std::function<int()> columns);
  ~Progress();  ///< ends the bar's line, so that an error starts on a new one
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  void advance(double flops);  ///< adds `flops` to the work done
  void run_finished();

  /// Prints `line`, in every style. A bar is erased first and redrawn below the line.
  void note(const std::string& line);

  /// Ends the bar, or prints a last line of progress.
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
  double line_pause_;  // seconds until the next line; it grows
  double flops_done_ = 0;
  int runs_done_ = 0;
  bool bar_stands_ = false;
};

}  // namespace gpu_sweep
