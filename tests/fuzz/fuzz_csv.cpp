// Tables of scores that other programs wrote.
#include <string_view>

#include "engine/store/formats/csv_table.h"
#include "tests/fuzz/check.h"

namespace gpu_sweep {

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::require_error_or_success(ExitCode::kData, [&] {
    const CsvTable table = parse_csv({reinterpret_cast<const char*>(data), size}, "f");
    for (const CsvRow& row : table.rows) {
      fuzz::require(row.cells.size() == table.header.size(), "every row has a cell per column");
    }
  });
  return 0;
}

}  // namespace gpu_sweep
