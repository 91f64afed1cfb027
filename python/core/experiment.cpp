#include "python/core/experiment.h"

#include <nanobind/stl/optional.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "engine/experiment/hyper_parameters.h"
#include "engine/store/database/experiment_json.h"
#include "gpu_sweep/error.h"
#include "gpu_sweep/experiment.h"

namespace gpu_sweep::python {

namespace nb = nanobind;

namespace {

template <class T>
void check_range(const char* name, const std::optional<T>& value, const IntegerRange& range) {
  if (!value || range.contains(static_cast<std::int64_t>(*value))) return;
  throw Error(ExitCode::kUsage,
              std::string(name) + ": found " + std::to_string(*value) + ", expected " + range.to_string());
}

ExperimentOverrides overrides_of(const std::optional<int>& runs, const std::optional<int>& epochs,
                                 const std::optional<std::int64_t>& seed) {
  check_range("runs", runs, kRunsRange);
  check_range("epochs", epochs, kEpochsRange);
  check_range("seed", seed, kSeedRange);
  ExperimentOverrides overrides{runs, epochs, {}};
  if (seed) overrides.seed = static_cast<std::uint64_t>(*seed);
  return overrides;
}

}  // namespace

void bind_experiment(nb::module_& module) {
  nb::class_<Experiment>(module, "Experiment")
      .def_ro("name", &Experiment::name)
      .def_ro("runs", &Experiment::runs)
      .def_ro("seed", &Experiment::seed)
      .def_ro("warnings", &Experiment::warnings)
      .def("to_json", [](const Experiment& experiment) { return to_json(experiment).dump(); });
  module.def(
      "load_experiment",
      [](const std::string& file, const std::optional<int>& runs, const std::optional<int>& epochs,
         const std::optional<std::int64_t>& seed) {
        return load_experiment(file, overrides_of(runs, epochs, seed));
      },
      nb::arg("file"), nb::kw_only(), nb::arg("runs").none(), nb::arg("epochs").none(),
      nb::arg("seed").none());
  module.def(
      "parse_experiment",
      [](const std::string& text, const std::string& file, const std::optional<int>& runs,
         const std::optional<int>& epochs, const std::optional<std::int64_t>& seed) {
        return parse_experiment(text, file, overrides_of(runs, epochs, seed));
      },
      nb::arg("text"), nb::arg("file"), nb::kw_only(), nb::arg("runs") = nb::none(),
      nb::arg("epochs") = nb::none(), nb::arg("seed") = nb::none());
}

}  // namespace gpu_sweep::python
