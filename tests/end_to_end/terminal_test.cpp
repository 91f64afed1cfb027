#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <unistd.h>

#include <array>
#include <stdexcept>

#include "tests/end_to_end/study_fixture.h"
#include "tests/support/environment_variable.h"

namespace gpu_sweep::test {
namespace {

using testing::AllOf;
using testing::Each;
using testing::MatchesRegex;
using testing::SizeIs;

/// The display end of a pseudo-terminal with a given number of columns.
class Terminal {
 public:
  explicit Terminal(unsigned short columns) {
    std::array<char, 64> name{};
    const winsize size{24, columns, 0, 0};
    if (openpty(&shown_, &written_, name.data(), nullptr, &size) != 0)
      throw std::runtime_error("no terminal");
    name_ = name.data();
  }
  Terminal(const Terminal&) = delete;
  Terminal& operator=(const Terminal&) = delete;
  ~Terminal() {
    close(shown_);
    close(written_);
  }

  const std::string& name() const { return name_; }

  /// Returns everything written so far.
  const std::string& text() {
    std::array<char, 4096> buffer{};
    pollfd readable{shown_, POLLIN, 0};
    while (poll(&readable, 1, 0) == 1 && (readable.revents & POLLIN) != 0) {
      const ssize_t count = read(shown_, buffer.data(), buffer.size());
      if (count <= 0) break;
      text_.append(buffer.data(), static_cast<std::size_t>(count));
    }
    return text_;
  }

 private:
  int shown_ = -1;
  int written_ = -1;  // kept open, so that output stays readable after the program ends
  std::string name_;
  std::string text_;
};

/// Returns the text of a line after each time it was redrawn.
std::vector<std::string> redrawn(const std::string& text) {
  const std::string again = "\r\x1b[K";
  std::vector<std::string> found;
  for (std::size_t at = text.find(again); at != std::string::npos; at = text.find(again, at)) {
    at += again.size();
    found.push_back(text.substr(at, text.find_first_of("\r\n", at) - at));
  }
  return found;
}

class OnATerminal : public Study {
 protected:
  /// Returns the first states of the bar, at least four, on a terminal with `columns` columns.
  std::vector<std::string> bars(unsigned short columns) {
    const EnvironmentVariable kind("TERM", "xterm");
    Terminal terminal(columns);
    Program program(directory_.path(), with_usual_flags({"run", "study.toml", "--epochs", "100000"}),
                    ".stdout", {"sh", "-c", "exec \"$0\" \"$@\" 2>" + terminal.name()});
    constexpr std::size_t kEnough = 4;
    std::vector<std::string> drawn;
    program.runs_until([&] {
      drawn = redrawn(terminal.text());
      return drawn.size() > kEnough;
    });
    EXPECT_TRUE(program.running()) << terminal.text();
    if (!drawn.empty()) drawn.pop_back();  // the last one may be incomplete
    return drawn;
  }
};

TEST_F(OnATerminal, ABarStaysOnItsLine) {
  for (const unsigned short columns : {20, 40, 80}) {
    EXPECT_THAT(bars(columns), AllOf(SizeIs(testing::Ge(4U)), Each(SizeIs(testing::Lt(columns))),
                                     Each(MatchesRegex("(\\[#*-*\\] )? *[0-9]+ %  [0-6]/6 runs.*"))))
        << columns;
  }
}

}  // namespace
}  // namespace gpu_sweep::test
