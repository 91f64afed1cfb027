// Experiments as text, and the messages about invalid ones.
#pragma once

#include <gtest/gtest.h>

#include <string>

#include "gpu_sweep/experiment.h"
#include "tests/support/error_of.h"

namespace gpu_sweep::test {

inline const std::string kHead = "name = 'study'\nruns = 2\n";
inline const std::string kModel = "[[model]]\nname = 'm'\nhidden = [8]\n";

/// Returns the message of one line with which study.toml is refused if it contains `text`.
inline std::string refusal_of(const std::string& text, const ExperimentOverrides& overrides = {}) {
  SCOPED_TRACE(text.substr(0, 1000));
  return error_of(ExitCode::kUsage, [&] { parse_experiment(text, "study.toml", overrides); });
}

}  // namespace gpu_sweep::test
