// Functions outside any single study: compare, judge, devices, selftest.
#pragma once

#include <nanobind/nanobind.h>

namespace gpu_sweep::python {

void bind_tools(nanobind::module_& module);

}  // namespace gpu_sweep::python
