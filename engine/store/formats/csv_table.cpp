#include "engine/store/formats/csv_table.h"

#include <fmt/format.h>

#include "gpu_sweep/error.h"

namespace gpu_sweep {

CsvTable parse_csv(std::string_view text, const std::string& file) {
  CsvReader reader(text, file);
  CsvTable table;
  table.header = read_csv_header(reader, file);
  CsvRow row;
  while (reader.next(row)) {
    if (row.cells.size() != table.header.size()) {
      reader.refuse(row.line, fmt::format("found {} cells, expected {} as in the header", row.cells.size(),
                                          table.header.size()));
    }
    table.rows.push_back(row);
  }
  if (table.rows.empty()) refuse_data(file, "found a header line only, expected a row per run");
  return table;
}

}  // namespace gpu_sweep
