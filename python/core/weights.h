// Files of weights, and the weights in them as NumPy arrays.
#pragma once

#include <nanobind/nanobind.h>

#include <filesystem>

namespace gpu_sweep::python {

/// Returns (layers, (normalize, mean [D], scale [D])). `layers` has the kernel [I, O] and the bias [O] of
/// every layer. The other three say how inputs are preprocessed, and each may be None. The caller must hold
/// the GIL. Throws what load_weights throws.
nanobind::object network_of(const std::filesystem::path& file);

void bind_weights(nanobind::module_& module);

}  // namespace gpu_sweep::python
