// The keys of an experiment that say something of its data: classes, class_names.
#pragma once

#include "engine/data/dataset.h"
#include "engine/sweep/toml_item.h"

namespace gpu_sweep {

/// `classes` and `class_names` are null where the file does not have them. Names alone say how many there
/// are.
ClassSpec read_classes(const TomlItem* classes, const TomlItem* class_names);

}  // namespace gpu_sweep
