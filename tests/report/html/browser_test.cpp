// Opens a report in a real browser. Every chart must be drawn, and the console must stay empty: it would show
// errors and refused requests.
#include <gtest/gtest.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <memory>

#include "engine/report/html/html_report.h"
#include "tests/report/synthetic_report.h"
#include "tests/support/temporary_directory.h"
#include "tests/support/text.h"

namespace gpu_sweep {
namespace {

std::string output_of(const std::string& command) {
  const std::unique_ptr<FILE, int (*)(FILE*)> pipe(popen(command.c_str(), "r"), pclose);
  std::string text;
  std::array<char, 65536> buffer;
  while (const std::size_t n = std::fread(buffer.data(), 1, buffer.size(), pipe.get())) {
    text.append(buffer.data(), n);
  }
  return text;
}

TEST(HtmlBrowser, DrawsEveryChartWithoutConsoleMessages) {
  if (std::system("command -v chromium > /dev/null 2>&1") != 0)
    GTEST_SKIP() << "NOT TESTED: there is no chromium (Debian's chromium)";
  const std::string name = "</script><script>alert(1)</script>\"'&";
  const SyntheticReport report = synthetic_report({name, "two"}, 6, synthetic_images(200, 4));
  const test::TemporaryDirectory directory;
  write_report(directory.path(),
               analyse(report.stored, report.runs, &report.images, synthetic_calibrations({name, "two"})));

  const std::string browser =
      "timeout 90 chromium --headless --no-sandbox --disable-gpu --window-size=1280,2000 "
      "--virtual-time-budget=10000 --enable-logging=stderr --user-data-dir=" +
      (directory / "profile").string();
  const std::string page = " file://" + (directory / "report.html").string();
  const std::string drawn = output_of(browser + " --dump-dom" + page + " 2> " + (directory / "log").string());
  const std::string log = output_of("grep CONSOLE " + (directory / "log").string());

  // There are two distributions, two plots of differences, four curves, the three confusion matrices of the
  // expanded model, and two reliability diagrams.
  EXPECT_EQ(test::count_of(drawn, "<svg xmlns=\"http://www.w3.org/2000/svg\""), 13U);
  EXPECT_EQ(log, "") << "errors, refused requests and dialogs are logged here";
}

}  // namespace
}  // namespace gpu_sweep
