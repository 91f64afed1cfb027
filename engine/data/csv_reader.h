// Reads comma-separated values line by line.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace gpu_sweep {

/// How many spaces and tabs were removed around a cell. Those around a quoted cell are not counted.
struct CellBlanks {
  std::size_t before = 0;
  std::size_t after = 0;
  bool operator==(const CellBlanks&) const = default;
};

struct CsvRow {
  int line = 0;                    ///< the line number of its first character, from 1
  std::vector<std::string> cells;  ///< without quotes, and without spaces and tabs around a cell
  std::vector<CellBlanks> blanks;  ///< of each cell
};

/// The greatest length of a line in bytes, including quotes and the line breaks inside them.
constexpr std::size_t kLongestCsvLine = 1 << 20;

/// Reads tables as RFC 4180 defines them, except that lines may also end with LF alone, and that a byte-order
/// mark, spaces and tabs around cells, and lines of a single empty cell are skipped.
/// Members throw Error(kData) "FILE, line N: found ..., expected ..." for zero bytes, for bytes that are not
/// UTF-8, for lines longer than kLongestCsvLine, for misplaced or unclosed quotes, and for carriage returns
/// inside a line.
class CsvReader {
 public:
  /// `text` must outlive the reader. `file` is the name in messages.
  CsvReader(std::string_view text, std::string file);

  /// Reads the next line that is not skipped. Returns false if there is none.
  bool next(CsvRow& row);

  [[noreturn]] void refuse(int line, const std::string& what) const;

 private:
  bool done() const { return at_ == text_.size(); }
  bool take(char c);
  void check_length() const;
  char character();
  std::size_t skip_spaces();
  CellBlanks read_cell(std::string& value);
  void read_quoted_cell(std::string& value);
  void end_line();

  std::string_view text_;
  std::string file_;
  std::size_t at_ = 0;
  std::size_t start_ = 0;    ///< of the current line
  std::size_t checked_ = 0;  ///< end of the bytes that are known to be UTF-8
  int line_ = 1;
};

/// Reads the header of a table, which is the first line that is not empty. Throws Error(kData) if there is no
/// such line, if a column has no name, or if two columns have the same name.
std::vector<std::string> read_csv_header(CsvReader& reader, const std::string& file);

}  // namespace gpu_sweep
