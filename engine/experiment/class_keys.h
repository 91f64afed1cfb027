// The keys of an experiment that describe its data: classes, class_names, normalize, validation, split,
// target, test, judge.
#pragma once

#include "engine/experiment/toml_item.h"
#include "gpu_sweep/dataset.h"

namespace gpu_sweep {

/// Reads the keys `classes` and `class_names`. Each pointer is null if the file does not have the key.
/// Without `classes`, the number of classes is the number of names.
ClassSpec read_classes(const TomlItem* classes, const TomlItem* class_names);

/// The keys of the data's settings. Each pointer is null if the file does not have the key.
struct DataKeys {
  const TomlItem* normalize = nullptr;
  const TomlItem* validation = nullptr;
  const TomlItem* target = nullptr;
  const TomlItem* test = nullptr;
  const TomlItem* split = nullptr;
  const TomlItem* judge = nullptr;
};
DataSettings read_data_settings(const DataKeys& keys);

}  // namespace gpu_sweep
