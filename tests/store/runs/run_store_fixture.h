// Opens a run store with an experiment and a provenance that a test may change.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "gpu_sweep/run_store.h"
#include "tests/support/error_of.h"
#include "tests/support/sample_runs.h"

namespace gpu_sweep::test {

class RunStoreTest : public ::testing::Test {
 protected:
  RunStore open_or_create() { return RunStore::create_or_continue(out(), experiment, provenance); }
  std::filesystem::path out() const { return directory.path() / "results" / "sample"; }

  /// Returns the message that refuses to continue the store with `experiment` and `provenance`.
  std::string refusal() {
    return error_of(ExitCode::kUsage, [&] { open_or_create(); });
  }

  TemporaryDirectory directory;
  Experiment experiment = sample_experiment();
  Provenance provenance = sample_provenance();
};

}  // namespace gpu_sweep::test
