// Experiments, which are read by the parser of the program.
#pragma once

#include <nanobind/nanobind.h>

namespace gpu_sweep::python {

void bind_experiment(nanobind::module_& module);

}  // namespace gpu_sweep::python
