#include "engine/data/csv_reader.h"

#include <fmt/format.h>

#include <set>

#include "engine/data/shown_text.h"
#include "gpu_sweep/error.h"

namespace gpu_sweep {
namespace {

/// Returns the length in bytes of the UTF-8 character at `at` (Unicode 15, table 3-7), or 0 if it is not
/// valid.
std::size_t utf8_length(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t i) {
    return at + i < text.size() ? static_cast<unsigned char>(text[at + i]) : 0U;
  };
  const unsigned first = byte(0);
  if (first < 0x80) return 1;
  const std::size_t length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  if (first < 0xc2 || first > 0xf4) return 0;
  const unsigned least = first == 0xe0 ? 0xa0 : first == 0xf0 ? 0x90 : 0x80;
  const unsigned most = first == 0xed ? 0x9f : first == 0xf4 ? 0x8f : 0xbf;
  if (byte(1) < least || byte(1) > most) return 0;
  for (std::size_t i = 2; i < length; ++i) {
    if (byte(i) < 0x80 || byte(i) > 0xbf) return 0;
  }
  return length;
}

}  // namespace

CsvReader::CsvReader(std::string_view text, std::string file) : text_(text), file_(std::move(file)) {
  if (text_.starts_with("\xef\xbb\xbf")) at_ = 3;
}

bool CsvReader::next(CsvRow& row) {
  while (!done()) {
    row.line = line_;
    start_ = at_;
    std::size_t cells = 0;
    row.blanks.clear();
    do {
      if (cells == row.cells.size()) row.cells.emplace_back();
      row.blanks.push_back(read_cell(row.cells[cells++]));
    } while (take(','));
    row.cells.resize(cells);
    end_line();
    if (cells > 1 || !row.cells[0].empty()) return true;
  }
  return false;
}

void CsvReader::refuse(int line, const std::string& what) const {
  refuse_data(fmt::format("{}, line {}", file_, line), what);
}

bool CsvReader::take(char c) {
  if (done() || text_[at_] != c) return false;
  ++at_;
  if (c == ',' || c == '"') check_length();
  return true;
}

void CsvReader::check_length() const {
  if (at_ - start_ <= kLongestCsvLine) return;
  refuse(line_, fmt::format("found a line of more than {} bytes, expected a table with one row per line",
                            kLongestCsvLine));
}

/// Takes one byte of a cell. Checks the UTF-8 character that starts at this byte, and the length of the line.
char CsvReader::character() {
  if (at_ >= checked_) {
    const std::size_t length = utf8_length(text_, at_);
    if (length == 0) {
      refuse(line_, fmt::format("found the byte 0x{:02x}, expected text in UTF-8",
                                static_cast<unsigned char>(text_[at_])));
    }
    checked_ = at_ + length;
  }
  const char c = text_[at_++];
  if (c == '\0') refuse(line_, "found a zero byte, expected text in UTF-8");
  check_length();
  return c;
}

/// Returns the number of skipped characters.
std::size_t CsvReader::skip_spaces() {
  const std::size_t first = at_;
  while (!done() && (text_[at_] == ' ' || text_[at_] == '\t')) character();
  return at_ - first;
}

CellBlanks CsvReader::read_cell(std::string& value) {
  const std::size_t before = skip_spaces();
  value.clear();
  if (take('"')) {
    read_quoted_cell(value);
    return {};
  }
  while (!done() && text_[at_] != ',' && text_[at_] != '\n' && text_[at_] != '\r') {
    value += character();
    if (value.back() == '"')
      refuse(line_, "found a quote inside an unquoted cell, expected the whole cell in quotes");
  }
  const std::size_t last = value.find_last_not_of(" \t");
  const std::size_t whole = value.size();
  value.resize(last == std::string::npos ? 0 : last + 1);
  return {before, whole - value.size()};
}

void CsvReader::read_quoted_cell(std::string& value) {
  const int first_line = line_;
  for (;;) {
    if (done()) refuse(first_line, "found a quote that nothing closes, expected a second one");
    const char c = character();
    if (c == '"' && !take('"')) break;
    if (c == '\n') ++line_;
    value += c;
  }
  skip_spaces();
  if (!done() && text_[at_] != ',' && text_[at_] != '\n' && text_[at_] != '\r') {
    refuse(line_, "found text after a closing quote, expected a comma or the end of the line");
  }
}

void CsvReader::end_line() {
  if (take('\r') && !done() && text_[at_] != '\n') {
    refuse(line_, "found a carriage return inside a line, expected lines that end with LF or CRLF");
  }
  take('\n');
  ++line_;
}

std::vector<std::string> read_csv_header(CsvReader& reader, const std::string& file) {
  CsvRow row;
  if (!reader.next(row)) refuse_data(file, "found no line, expected a table with a header line");
  std::set<std::string> names;
  for (const std::string& name : row.cells) {
    if (name.empty()) reader.refuse(row.line, "found a column without a name, expected a name for each");
    if (!names.insert(name).second) {
      reader.refuse(row.line, "found two columns " + shown_text(name) + ", expected different names");
    }
  }
  return row.cells;
}

}  // namespace gpu_sweep
