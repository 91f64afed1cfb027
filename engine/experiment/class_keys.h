// The keys of an experiment that describe its data: classes, class_names.
#pragma once

#include "engine/experiment/toml_item.h"
#include "gpu_sweep/dataset.h"

namespace gpu_sweep {

/// Reads both keys. A pointer is null if the file does not have the key. Without `classes`, the number of
/// classes is the number of names.
ClassSpec read_classes(const TomlItem* classes, const TomlItem* class_names);

}  // namespace gpu_sweep
