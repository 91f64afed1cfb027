#include "engine/experiment/toml_depth.h"

#include <algorithm>

#include "gpu_sweep/error.h"

namespace gpu_sweep {
namespace {

/// Scans a text in the same way as toml::parse, up to the place where toml::parse would fail.
class DepthScan {
 public:
  DepthScan(std::string_view text, const std::string& file) : text_(text), file_(file) {}

  void run() {
    while (place_ < text_.size()) {
      switch (const char c = text_[place_]) {
        case '"':
        case '\'':
          skip_string(c);
          break;
        case '#':
          place_ = std::min(text_.find('\n', place_), text_.size());
          break;
        default:
          count(c);
          ++place_;
      }
    }
  }

 private:
  /// Counts the nesting, and the dots between two separators. It does not distinguish keys from values: no
  /// value has enough dots to exceed the limit, so only keys are refused because of their dots.
  void count(char c) {
    if (c == '.') {
      if (++parts_ > kMostKeyParts) fail("a key of more than", "parts", kMostKeyParts);
      return;
    }
    if (std::string_view("=,[]{}\n").find(c) == std::string_view::npos) return;
    parts_ = 1;
    if (c == '\n') ++line_;
    if (c == '[' || c == '{') {
      if (++nesting_ > kMostNesting) fail("more than", "nested arrays and tables", kMostNesting);
    }
    if ((c == ']' || c == '}') && nesting_ > 0) --nesting_;
  }

  /// Skips the string that begins here. It has one or three characters `quote` at each end.
  void skip_string(char quote) {
    const std::string three(3, quote);
    const bool many_lines = text_.substr(place_, 3) == three;
    place_ += many_lines ? 3 : 1;
    while (place_ < text_.size()) {
      const char c = text_[place_];
      if (c == '\\' && quote == '"') {
        ++place_;
        if (place_ < text_.size() && text_[place_] != '\n') ++place_;
      } else if (c == '\n') {
        if (!many_lines) return;  // this is not valid TOML; the parser reports it
        ++line_;
        ++place_;
      } else if (c != quote) {
        ++place_;
      } else if (!many_lines) {
        ++place_;
        return;
      } else if (text_.substr(place_, 3) != three) {
        ++place_;
      } else {
        place_ += 3;
        // One or two quotes that belong to the string may precede the closing three.
        for (int i = 0; i < 2 && place_ < text_.size() && text_[place_] == quote; ++i) ++place_;
        return;
      }
    }
  }

  [[noreturn]] void fail(const std::string& found, const std::string& what, int most) const {
    const std::string limit = std::to_string(most) + " ";
    throw Error(ExitCode::kUsage, file_ + ":" + std::to_string(line_) + ": found " + found + " " + limit +
                                      what + ", expected at most " + std::to_string(most));
  }

  std::string_view text_;
  const std::string& file_;
  std::size_t place_ = 0;
  int line_ = 1;
  int parts_ = 1;
  int nesting_ = 0;
};

}  // namespace

void check_toml_depth(std::string_view text, const std::string& file) { DepthScan(text, file).run(); }

}  // namespace gpu_sweep
