// Functions that return the default settings of a data set with one of them changed.
#pragma once

#include <string>

#include "gpu_sweep/data_settings.h"

namespace gpu_sweep::test {

inline DataSettings normalized(Normalize normalize) {
  DataSettings settings;
  settings.normalize = normalize;
  return settings;
}

inline DataSettings validated_on(const HoldOut& rows) {
  DataSettings settings;
  settings.validation = rows;
  return settings;
}

inline DataSettings judged_on(const HoldOut& rows) {
  DataSettings settings;
  settings.judge = rows;
  return settings;
}

inline DataSettings with_target(const std::string& column) {
  DataSettings settings;
  settings.target = column;
  return settings;
}

inline DataSettings tested_on(const HoldOut& rows) {
  DataSettings settings;
  settings.test = rows;
  return settings;
}

inline DataSettings split_per_run() {
  DataSettings settings;
  settings.split = SplitPolicy::kPerRun;
  return settings;
}

}  // namespace gpu_sweep::test
