// Experiments, read by the program's own parser.
#pragma once

#include <nanobind/nanobind.h>

namespace gpu_sweep::python {

void bind_experiment(nanobind::module_& module);

}  // namespace gpu_sweep::python
