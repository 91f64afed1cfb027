// Reads tables of comma-separated values that other programs wrote.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/data/csv_reader.h"

namespace gpu_sweep {

struct CsvTable {
  std::vector<std::string> header;  ///< names, all different, none empty
  std::vector<CsvRow> rows;
};

/// Reads a table with a header line, in the form that CsvReader accepts. Messages call the text `file`.
/// Throws Error(kData) for what CsvReader and read_csv_header refuse, for rows that are longer or shorter
/// than the header, and for a file without rows.
CsvTable parse_csv(std::string_view text, const std::string& file);

}  // namespace gpu_sweep
