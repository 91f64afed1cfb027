// Counts the transactions of a run store by counting the lines of its ledger.
#pragma once

#include <algorithm>
#include <filesystem>

#include "engine/store/database/ledger.h"
#include "tests/support/files.h"

namespace gpu_sweep::test {

/// Returns the number of lines in the ledger of `store`. These are the initial lines, and one line per
/// transaction of at most Ledger::kMostRuns runs.
inline int ledger_lines(const std::filesystem::path& store) {
  const std::string text = read_file(ledger_file(store));
  return static_cast<int>(std::ranges::count(text, '\n'));
}

}  // namespace gpu_sweep::test
