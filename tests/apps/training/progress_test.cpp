#include "apps/gpu_sweep/training/progress.h"

#include <gtest/gtest.h>

#include <sstream>
#include <vector>

#include "tests/support/terminal.h"

namespace gpu_sweep {
namespace {

using test::shown_by_a_terminal;

/// The progress of four runs of 25 FLOPs each, with a clock and a terminal width that the test sets.
struct Watched {
  explicit Watched(Progress::Style style)
      : progress(
            out, style, 100, 4, [this] { return now; }, [this] { return columns; }) {}

  std::ostringstream out;
  double now = 1000;
  int columns = 80;
  Progress progress;
};

TEST(Progress, LinesComeEveryFewSecondsWithATimeLeft) {
  Watched watched(Progress::Style::kLines);
  watched.now += 1;
  watched.progress.advance(10);
  EXPECT_EQ(watched.out.str(), "");
  watched.now += 9;
  watched.progress.advance(15);
  EXPECT_EQ(watched.out.str(), " 25 %  0/4 runs  10 s, about 30 s left\n");
  watched.progress.run_finished();
  EXPECT_EQ(watched.out.str(), " 25 %  0/4 runs  10 s, about 30 s left\n");
}

TEST(Progress, PausesBetweenLinesGrowToAMinute) {
  Watched watched(Progress::Style::kLines);
  std::vector<int> said;
  for (int second = 1; second <= 200; ++second) {
    watched.now += 1;
    watched.out.str("");
    watched.progress.advance(0.1);
    if (!watched.out.str().empty()) said.push_back(second);
  }
  EXPECT_EQ(said, (std::vector<int>{5, 15, 35, 75, 135, 195}));
}

TEST(Progress, TheLastLineIsAlwaysPrinted) {
  Watched watched(Progress::Style::kLines);
  watched.now += 2;
  watched.progress.advance(100);
  for (int run = 0; run < 4; ++run) watched.progress.run_finished();
  watched.progress.finish();
  EXPECT_EQ(watched.out.str(), "100 %  4/4 runs  2 s\n");
}

TEST(Progress, ABarIsRedrawnInPlaceAndNotesStandAboveIt) {
  Watched watched(Progress::Style::kBar);
  watched.now += 10;
  watched.progress.advance(50);
  EXPECT_EQ(watched.out.str(), "[############------------]  50 %  0/4 runs  10 s, about 10 s left");
  watched.out.str("");
  watched.progress.note("warning: something");
  EXPECT_EQ(watched.out.str(),
            "\r\x1b[Kwarning: something\n[############------------]  50 %  0/4 runs  10 s, about 10 s left");
  watched.out.str("");
  watched.progress.finish();
  EXPECT_TRUE(watched.out.str().ends_with("left\n"));
}

TEST(Progress, ABarFitsIntoTheTerminalWhateverItsWidth) {
  Watched watched(Progress::Style::kBar);
  const auto drawn = [&watched](int columns) {
    watched.columns = columns;
    watched.out.str("");
    watched.progress.note("");
    const std::string text = watched.out.str();
    return text.substr(text.rfind('\n') + 1);
  };
  watched.now += 10;
  watched.progress.advance(50);
  EXPECT_EQ(drawn(66), "[############------------]  50 %  0/4 runs  10 s, about 10 s left");
  EXPECT_EQ(drawn(60), "[#########---------]  50 %  0/4 runs  10 s, about 10 s left");
  EXPECT_EQ(drawn(40), " 50 %  0/4 runs  10 s, about 10 s left");
  EXPECT_EQ(drawn(16), " 50 %  0/4 runs");
  EXPECT_EQ(drawn(1), "");
  for (int columns = 1; columns < 100; ++columns) {
    EXPECT_LT(static_cast<int>(drawn(columns).size()), columns);
  }
}

TEST(Progress, NothingOfALongerBarStaysBesideAShorterOne) {
  Watched watched(Progress::Style::kBar);
  watched.now += 100;
  watched.progress.advance(50);
  const std::size_t longest = watched.out.str().size();
  watched.columns = 30;
  watched.now += 100;
  watched.progress.advance(50);
  watched.columns = 80;
  watched.progress.note("a note");
  for (int run = 0; run < 4; ++run) watched.progress.run_finished();
  watched.progress.finish();
  const std::string last = "[########################] 100 %  4/4 runs  3 min 20 s";
  ASSERT_LT(last.size(), longest);
  EXPECT_EQ(shown_by_a_terminal(watched.out.str()), (std::vector<std::string>{"a note", last, ""}));
}

TEST(Progress, AnErrorAfterABarStartsOnANewLine) {
  std::ostringstream out;
  {
    Progress progress(
        out, Progress::Style::kBar, 100, 4, [now = 0.0]() mutable { return now += 1; }, [] { return 40; });
    progress.advance(50);
    out << std::flush;
  }
  out << "error: something\n";
  const std::vector<std::string> lines = shown_by_a_terminal(out.str());
  ASSERT_EQ(lines.size(), 3u);
  EXPECT_TRUE(lines[0].starts_with(" 50 %  0/4 runs"));
  EXPECT_EQ(lines[1], "error: something");
}

TEST(Progress, QuietPrintsOnlyNotes) {
  Watched watched(Progress::Style::kQuiet);
  watched.now += 60;
  watched.progress.advance(50);
  watched.progress.run_finished();
  watched.progress.finish();
  EXPECT_EQ(watched.out.str(), "");
  watched.progress.note("warning: something");
  EXPECT_EQ(watched.out.str(), "warning: something\n");
}

}  // namespace
}  // namespace gpu_sweep
