// Tables of scores written by other programs: the table reader, and the scores made from its rows.
#include <cmath>
#include <string_view>

#include "engine/statistics/judge/scores.h"
#include "engine/store/formats/csv_table.h"
#include "tests/fuzz/check.h"

namespace gpu_sweep {

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::require_error_or_success(ExitCode::kData, [&] {
    const CsvTable table = parse_csv({reinterpret_cast<const char*>(data), size}, "f");
    for (const CsvRow& row : table.rows) {
      fuzz::require(row.cells.size() == table.header.size(), "every row has a cell per column");
    }
    ScoreTableOptions options;
    options.missing = MissingScores::kFailed;
    for (const Score& score : read_scores(table, "f", options).runs) {
      fuzz::require(!score.value || std::isfinite(*score.value), "a score is finite or its run failed");
      fuzz::require(!score.model.empty(), "every run has a model");
    }
  });
  return 0;
}

}  // namespace gpu_sweep
