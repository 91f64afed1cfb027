#include "apps/gpu_sweep/training/progress.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <ostream>

#include "engine/report/display_width.h"
#include "engine/statistics/wording.h"

namespace gpu_sweep {
namespace {

constexpr double kFirstPause = 5;  // seconds; the pauses between lines are 5, 10, 20, 40, 60, 60, ...
constexpr double kLongestPause = 60;
constexpr double kSecondsBetweenBars = 0.1;
constexpr int kBarWidth = 24;
constexpr int kLeastBarWidth = 4;  // a shorter bar shows nothing useful

}  // namespace

Progress::Progress(std::ostream& out, Style style, double flops, int runs, std::function<double()> clock,
                   std::function<int()> columns)
    : out_(out),
      style_(style),
      flops_(flops),
      runs_(runs),
      clock_(std::move(clock)),
      columns_(std::move(columns)) {
  start_ = last_shown_ = clock_();
  line_pause_ = kFirstPause;
}

Progress::~Progress() {
  if (bar_stands_) out_ << '\n' << std::flush;
}

void Progress::advance(double flops) {
  flops_done_ += flops;
  show(false);
}

void Progress::run_finished() {
  ++runs_done_;
  show(false);
}

void Progress::note(const std::string& line) {
  erase_bar();
  out_ << printable(line) << '\n' << std::flush;
  if (style_ == Style::kBar) show(true);
}

void Progress::finish() {
  show(true);
  if (bar_stands_) out_ << '\n' << std::flush;
  bar_stands_ = false;
}

double Progress::share_done() const { return flops_ > 0 ? std::min(flops_done_ / flops_, 1.0) : 1.0; }

std::string Progress::status() const {
  const double done = share_done();
  const double passed = clock_() - start_;
  std::string text = fmt::format("{:3.0f} %  {}/{} runs  {}", std::floor(100 * done), runs_done_, runs_,
                                 duration_text(passed));
  if (done > 0 && runs_done_ < runs_)
    text += ", about " + duration_text(passed * (1 - done) / done) + " left";
  return text;
}

/// Returns a bar, followed by the status. The bar fills the columns that the status does not need. If they
/// are too few for a bar, returns as much of the status as fits.
std::string Progress::bar(int columns) const {
  const std::string text = status();
  const int room = columns - 1 - static_cast<int>(text.size()) - 3;  // minus "[" and "] "
  if (room < kLeastBarWidth) return text.substr(0, static_cast<std::size_t>(std::max(columns - 1, 0)));
  const int width = std::min(kBarWidth, room);
  const int full = static_cast<int>(std::floor(width * share_done()));
  return fmt::format("[{:#<{}}{:-<{}}] {}", "", full, "", width - full, text);
}

void Progress::show(bool now) {
  if (style_ == Style::kQuiet) return;
  const double pause = style_ == Style::kBar ? kSecondsBetweenBars : line_pause_;
  if (!now && clock_() - last_shown_ < pause) return;
  last_shown_ = clock_();
  if (style_ == Style::kLines) {
    line_pause_ = std::min(2 * line_pause_, kLongestPause);
    out_ << status() << '\n' << std::flush;
    return;
  }
  erase_bar();
  out_ << bar(columns_()) << std::flush;
  bar_stands_ = true;
}

void Progress::erase_bar() {
  if (bar_stands_) out_ << "\r\x1b[K";
  bar_stands_ = false;
}

}  // namespace gpu_sweep
