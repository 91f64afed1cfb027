// How to tell the files of an earlier export from files of the user.
#pragma once

#include <string>

#include "engine/store/files/own_file.h"

namespace gpu_sweep {

/// Returns how the file `name` of an export begins. Returns null for TensorBoard's event files: they need no
/// such check, since their names end with "gpu_sweep".
const FileKind* export_kind(const std::string& format, const std::string& name);

}  // namespace gpu_sweep
