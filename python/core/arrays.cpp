#include "python/core/arrays.h"

#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include <filesystem>
#include <span>
#include <string_view>
#include <utility>

#include "engine/data/data_arrays.h"
#include "engine/data/data_names.h"
#include "engine/data/idx_file.h"
#include "engine/store/files/atomic_file.h"

namespace gpu_sweep::python {

namespace nb = nanobind;

namespace {

constexpr std::array kNames = {"x_train", "y_train", "x_test", "y_test"};

std::span<const std::uint8_t> values_of(const Bytes& array) { return {array.data(), array.size()}; }

bool is_images(std::size_t array) { return array % 2 == 0; }

}  // namespace

ArrayData::ArrayData(Bytes x_train, Bytes y_train, Bytes x_test, Bytes y_test, std::string name)
    : arrays_{std::move(x_train), std::move(y_train), std::move(x_test), std::move(y_test)},
      name_(std::move(name)) {}

Dataset ArrayData::dataset(DataRemarks* remarks, ClassSpec classes) const {
  DataArrays views;
  for (std::size_t i = 0; i < views.size(); ++i) {
    const Bytes& array = arrays_[i];
    views[i] = is_images(i) ? images_in_memory(kNames[i], values_of(array), array.shape(0), array.shape(1),
                                               array.shape(2))
                            : labels_in_memory(kNames[i], values_of(array));
  }
  if (classes.names.empty() && !classes.count && !class_names_.empty()) {
    classes = {static_cast<int>(class_names_.size()), class_names_};
  }
  return make_dataset(views, name_, remarks, classes);
}

void ArrayData::save(const std::string& directory) const {
  make_directory(directory);
  for (std::size_t i = 0; i < arrays_.size(); ++i) {
    const Bytes& array = arrays_[i];
    const std::span<const std::uint8_t> values = values_of(array);
    const std::vector<std::uint8_t> header =
        is_images(i) ? idx_header(IdxKind::kImages, array.shape(0), array.shape(1), array.shape(2), kNames[i])
                     : idx_header(IdxKind::kLabels, values.size(), 1, 1, kNames[i]);
    std::string bytes(header.begin(), header.end());
    bytes.append(values.begin(), values.end());
    rewrite_file_atomically(std::filesystem::path(directory) / kDataFileNames[i], bytes);
  }
}

void bind_arrays(nb::module_& module) {
  nb::class_<ArrayData>(module, "ArrayData")
      .def(nb::init<Bytes, Bytes, Bytes, Bytes, std::string>(), nb::arg("x_train").noconvert(),
           nb::arg("y_train").noconvert(), nb::arg("x_test").noconvert(), nb::arg("y_test").noconvert(),
           nb::arg("name"))
      .def("set_class_names", &ArrayData::set_class_names, nb::arg("names"))
      .def(
          "describe",
          [](const ArrayData& data) {
            DataRemarks remarks;
            Dataset dataset;
            {
              const nb::gil_scoped_release released;
              dataset = data.dataset(&remarks);
            }
            nb::dict result;
            result["rows"] = nb::make_tuple(dataset[Split::kTrain].rows, dataset[Split::kValidation].rows,
                                            dataset[Split::kTest].rows);
            result["features"] = dataset.features();
            result["class_names"] = nb::cast(dataset.class_names);
            result["sha256"] =
                nb::cast(std::vector<std::string>(dataset.sha256.begin(), dataset.sha256.end()));
            result["warnings"] = nb::cast(remarks.warnings);
            return result;
          },
          "Check, hash and split the arrays, and say what they are.")
      .def("save", &ArrayData::save, nb::arg("directory"), nb::call_guard<nb::gil_scoped_release>());
}

}  // namespace gpu_sweep::python
