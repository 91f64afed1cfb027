// Functions that do not belong to a single study: compare, judge, activations, devices, selftest.
#pragma once

#include <nanobind/nanobind.h>

namespace gpu_sweep::python {

void bind_tools(nanobind::module_& module);

}  // namespace gpu_sweep::python
