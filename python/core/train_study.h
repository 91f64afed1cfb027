// Trains the missing runs of an experiment, as gpu_sweep run does.
#pragma once

#include <nanobind/nanobind.h>

namespace gpu_sweep::python {

void bind_train_study(nanobind::module_& module);

}  // namespace gpu_sweep::python
