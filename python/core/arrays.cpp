#include "python/core/arrays.h"

#include <nanobind/stl/map.h>
#include <nanobind/stl/optional.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include <span>
#include <utility>

#include "engine/data/npy_header.h"
#include "gpu_sweep/error.h"
#include "gpu_sweep/find_data.h"

namespace gpu_sweep::python {

namespace nb = nanobind;

namespace {

DataArray view_of(const std::string& name, const NumpyArray& array) {
  const std::optional<ElementFormat> format = parse_numpy_type(array.type);
  if (!format) {
    refuse_data(name, "values of type " + array.type +
                          ", expected bool, int8 to int64, uint8 to uint64 or "
                          "float16 to float64");
  }
  return npy_in_memory(name, *format, array.shape, {array.bytes.data(), array.bytes.size()});
}

/// Takes the setting from the data if the experiment does not state it. Throws Error(kUsage) if both state
/// it, but differently.
template <class T>
void merge(const char* key, T& stated, const T& own, const Experiment& experiment) {
  if (own == T() || stated == own) return;
  if (stated != T()) {
    throw Error(ExitCode::kUsage, std::string("data: ") + key +
                                      ": found a setting that differs from experiment " + experiment.name +
                                      ", expected the same or one side without");
  }
  stated = own;
}

nb::object list_of_hashes(const DataHashes& hashes) {
  return nb::cast(std::vector<std::string>(hashes.begin(), hashes.end()));
}

nb::dict description_of(const DataSource& data) {
  DataRemarks remarks;
  Dataset dataset;
  std::optional<DataHashes> as_idx;
  {
    const nb::gil_scoped_release released;
    dataset = data.dataset(&remarks, Experiment());
    as_idx = data.hashes_as_idx();
  }
  nb::dict result;
  result["rows"] = nb::make_tuple(dataset[Split::kTrain].rows, dataset[Split::kValidation].rows,
                                  dataset[Split::kTest].rows);
  result["features"] = dataset.features();
  result["class_names"] = nb::cast(dataset.class_names);
  result["sha256"] = list_of_hashes(dataset.sha256);
  result["sha256_as_idx"] = as_idx ? list_of_hashes(*as_idx) : nb::none();
  result["stays_bytes"] = dataset.inputs.type == InputType::kU8;
  result["place"] = dataset.directory;
  result["warnings"] = nb::cast(remarks.warnings);
  return result;
}

}  // namespace

DataArrays DataSource::views() const {
  const auto view = [this](const char* name) { return view_of(name, arrays_.at(name)); };
  DataArrays views{view("x_train"), view("y_train"), view("x_test"), view("y_test"), {}, {}};
  if (arrays_.contains("x_valid")) {
    views.x_valid = view("x_valid");
    views.y_valid = view("y_valid");
  }
  return views;
}

Dataset DataSource::dataset(DataRemarks* remarks, const ClassSpec& classes, const DataSettings& settings,
                            const DataHashes& known) const {
  if (!place_.empty()) return load_dataset(place_, remarks, classes, settings);
  DataArrays arrays = views();
  const std::array<DataArray*, 4> files = {&arrays.x_train, &arrays.y_train, &arrays.x_test, &arrays.y_test};
  if (const bool is_known = !known[0].empty(); is_known && idx_hashes(arrays) == known) {
    for (std::size_t i = 0; i < files.size(); ++i) files[i]->sha256 = known[i];
  }
  return make_dataset(arrays, name_, remarks, classes, settings);
}

Dataset DataSource::dataset(DataRemarks* remarks, const Experiment& experiment,
                            const DataHashes& known) const {
  DataSettings settings = experiment.data;
  merge("normalize", settings.normalize, settings_.normalize, experiment);
  merge("validation", settings.validation, settings_.validation, experiment);
  merge("target", settings.target, settings_.target, experiment);
  merge("test", settings.test, settings_.test, experiment);
  merge("split", settings.split, settings_.split, experiment);
  merge("judge", settings.judge, settings_.judge, experiment);
  ClassSpec classes = experiment.classes;
  if (classes.names.empty() && !classes.count && !class_names_.empty()) {
    classes = {static_cast<int>(class_names_.size()), class_names_};
  }
  return dataset(remarks, classes, settings, known);
}

std::optional<DataHashes> DataSource::hashes_as_idx() const {
  return place_.empty() ? idx_hashes(views()) : std::nullopt;
}

std::vector<std::uint8_t> DataSource::npy_start(const std::string& array) const {
  const NumpyArray& found = arrays_.at(array);
  return npy_file_start({found.type, false, found.shape});
}

void bind_arrays(nb::module_& module) {
  nb::class_<NumpyArray>(module, "NumpyArray")
      .def(
          "__init__",
          [](NumpyArray* array, Bytes bytes, std::string type, std::vector<std::uint64_t> shape) {
            new (array) NumpyArray{std::move(bytes), std::move(type), std::move(shape)};
          },
          nb::arg("values").noconvert(), nb::arg("descr"), nb::arg("shape"));
  nb::class_<DataSource>(module, "DataSource")
      .def(
          "__init__",
          [](DataSource* data, std::map<std::string, NumpyArray> arrays, std::string name,
             std::vector<std::string> class_names, const Experiment& settings) {
            new (data) DataSource(std::move(arrays), std::move(name), std::move(class_names), settings.data);
          },
          nb::arg("arrays"), nb::arg("name"), nb::arg("class_names"), nb::arg("settings"))
      .def(
          "__init__",
          [](DataSource* data, const std::string& place, std::vector<std::string> class_names,
             const Experiment& settings) {
            new (data) DataSource(find_data(place), std::move(class_names), settings.data);
          },
          nb::arg("place"), nb::arg("class_names"), nb::arg("settings"))
      .def("describe", &description_of, "Check, hash and split the arrays, and say what they are.")
      .def(
          "npy_start",
          [](const DataSource& data, const std::string& array) {
            const std::vector<std::uint8_t> start = data.npy_start(array);
            return nb::bytes(start.data(), start.size());
          },
          nb::arg("array"));
}

}  // namespace gpu_sweep::python
