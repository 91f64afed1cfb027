// Ledgers of arbitrary bytes. Every run that is read must stand under its key and come from a line of runs.
#include <fuzzer/FuzzedDataProvider.h>

#include "engine/store/database/ledger.h"
#include "tests/fuzz/check.h"

namespace gpu_sweep {

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  fuzz::require_error_or_success(ExitCode::kUsage, [&] {
    const LedgerContents contents = parse_ledger(bytes, "f");
    fuzz::require(contents.lines >= 0, "lines are counted");
    fuzz::require(contents.torn == (!bytes.empty() && bytes.back() != '\n'),
                  "a last line without an end is torn");
    for (const char c : contents.damage) fuzz::require(c >= ' ', "the damage is one line");
    for (const auto& [key, run] : contents.runs) {
      fuzz::require(key == run.key, "runs stand under their keys");
      fuzz::require(bytes.find("\"runs\"") != std::string_view::npos, "a run comes from a line of runs");
    }
  });
  return 0;
}

}  // namespace gpu_sweep
