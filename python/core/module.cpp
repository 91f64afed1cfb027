// The compiled part of the Python package: a thin layer over the engine, without rules of its own.
#include <nanobind/nanobind.h>
#include <nanobind/stl/string.h>

#include <exception>
#include <filesystem>
#include <new>
#include <system_error>

#include "engine/lane/describe_failure.h"
#include "gpu_sweep/error.h"
#include "python/core/arrays.h"
#include "python/core/experiment.h"
#include "python/core/study.h"
#include "python/core/tools.h"
#include "python/core/train_study.h"
#include "python/core/weights.h"

namespace nb = nanobind;

namespace {

/// Raises the exception of gpu_sweep._errors for the exit code that the program would end with.
void raise(const std::exception_ptr& failure) {
  const gpu_sweep::DescribedFailure described = gpu_sweep::describe_failure(failure);
  const nb::object error =
      nb::module_::import_("gpu_sweep._errors").attr("error_for")(described.exit_code, described.text);
  PyErr_SetObject(reinterpret_cast<PyObject*>(Py_TYPE(error.ptr())), error.ptr());
}

/// Translates the exceptions of the engine, and leaves those of other kinds to nanobind.
void translate(const std::exception_ptr& failure, void*) {
  try {
    std::rethrow_exception(failure);
  } catch (const gpu_sweep::Error&) {
    raise(failure);
  } catch (const std::bad_alloc&) {
    raise(failure);
  } catch (const std::system_error&) {
    raise(failure);
  }
}

}  // namespace

NB_MODULE(_core, module) {
  module.attr("__version__") = GPU_SWEEP_VERSION;
  nb::register_exception_translator(&translate);
  gpu_sweep::python::bind_arrays(module);
  gpu_sweep::python::bind_experiment(module);
  gpu_sweep::python::bind_study(module);
  gpu_sweep::python::bind_train_study(module);
  gpu_sweep::python::bind_tools(module);
  gpu_sweep::python::bind_weights(module);
}
