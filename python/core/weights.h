// Files of weights, and the weights in them as NumPy arrays.
#pragma once

#include <nanobind/nanobind.h>

#include <filesystem>

namespace gpu_sweep::python {

/// Returns (layers, (normalize, mean [D], scale [D])): kernel [I, O] and bias [O] of every layer, and what
/// its inputs go through; each of the three may be None. Call with the GIL. Throws what load_weights throws.
nanobind::object network_of(const std::filesystem::path& file);

void bind_weights(nanobind::module_& module);

}  // namespace gpu_sweep::python
