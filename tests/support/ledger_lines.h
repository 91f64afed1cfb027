// How many transactions a run store has taken.
#pragma once

#include <algorithm>
#include <filesystem>

#include "engine/store/ledger.h"
#include "tests/support/files.h"

namespace gpu_sweep::test {

/// Lines in the ledger of `store`: those of its beginning, and one for each transaction of at most
/// Ledger::kMostRuns runs.
inline int ledger_lines(const std::filesystem::path& store) {
  const std::string text = read_file(ledger_file(store));
  return static_cast<int>(std::ranges::count(text, '\n'));
}

}  // namespace gpu_sweep::test
