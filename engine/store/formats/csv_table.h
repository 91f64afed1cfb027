// Reads tables of comma-separated values that other programs wrote.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/data/csv_reader.h"

namespace gpu_sweep {

struct CsvTable {
  std::vector<std::string> header;  ///< names without surrounding spaces, all different, none empty
  std::vector<CsvRow> rows;
};

/// Reads RFC 4180 with a header line: quotes doubled inside quotes, LF or CRLF, with or without a byte-order
/// mark. Skips empty lines, and removes spaces around unquoted cells. Messages call the text `file`. Throws
/// Error(kData) "FILE, line N: found ..., expected ..." for zero bytes, bytes that are not UTF-8, lines
/// longer than kLongestCsvLine, quotes inside unquoted cells, quotes that are not closed, rows that are
/// longer or shorter than the header, names that are missing or not unique, and a file without rows.
CsvTable parse_csv(std::string_view text, const std::string& file);

}  // namespace gpu_sweep
