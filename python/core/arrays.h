// Data sets in files, or in borrowed NumPy arrays.
#pragma once

#include <nanobind/nanobind.h>
#include <nanobind/ndarray.h>

#include <cstdint>
#include <filesystem>
#include <initializer_list>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "engine/data/data_arrays.h"
#include "gpu_sweep/experiment.h"
#include "gpu_sweep/load_dataset.h"

namespace gpu_sweep::python {

using Bytes =
    nanobind::ndarray<const std::uint8_t, nanobind::ndim<1>, nanobind::c_contig, nanobind::device::cpu>;

/// The bytes of a NumPy array in C order. They are borrowed: they are read each time the data are used, and
/// are never changed.
struct NumpyArray {
  Bytes bytes;
  std::string type;  ///< type of the elements, as NumPy writes it: "<f4"
  std::vector<std::uint64_t> shape;
};

class DataSource {
 public:
  /// `arrays` has x_train, y_train, x_test, y_test and, if validation rows are given separately, x_valid and
  /// y_valid.
  DataSource(std::map<std::string, NumpyArray> arrays, std::string name, std::vector<std::string> class_names,
             DataSettings settings)
      : arrays_(std::move(arrays)),
        name_(std::move(name)),
        class_names_(std::move(class_names)),
        settings_(std::move(settings)) {}

  /// Uses the files that look_for_data (engine/data/data_place.h) finds at `place`.
  DataSource(std::filesystem::path place, std::vector<std::string> class_names, DataSettings settings)
      : place_(std::move(place)), class_names_(std::move(class_names)), settings_(std::move(settings)) {}

  /// Checks, hashes and splits the data with the settings that `experiment` or this object states. For
  /// arrays, the hashes are those of .npy files that hold them, or `known` if these are the hashes of IDX
  /// files with the same values. Files at a place have their own hashes. Throws Error(kData), and
  /// Error(kUsage) if this object and the experiment state different settings.
  Dataset dataset(DataRemarks* remarks, const Experiment& experiment, const DataHashes& known = {}) const;

  /// Returns the data with the classes and the settings with which stored results were trained.
  Dataset dataset(DataRemarks* remarks, const ClassSpec& classes, const DataSettings& settings,
                  const DataHashes& known) const;

  /// Returns the hashes that IDX files with the values of the arrays would have. Returns nothing if this
  /// object uses files, or if the IDX format cannot hold these arrays.
  std::optional<DataHashes> hashes_as_idx() const;

  /// Returns all bytes before the values of an array in a .npy file.
  std::vector<std::uint8_t> npy_start(const std::string& array) const;

 private:
  DataArrays views() const;

  std::filesystem::path place_;  ///< path of the files; empty for arrays
  std::map<std::string, NumpyArray> arrays_;
  std::string name_;
  std::vector<std::string> class_names_;
  DataSettings settings_;
};

/// Returns a NumPy array of shape `shape` that owns `values`.
template <class T>
nanobind::object array_of(std::vector<T> values, std::initializer_list<std::size_t> shape) {
  auto kept = std::make_unique<std::vector<T>>(std::move(values));
  T* data = kept->data();
  const nanobind::capsule owner(kept.release(),
                                [](void* all) noexcept { delete static_cast<std::vector<T>*>(all); });
  return nanobind::cast(nanobind::ndarray<nanobind::numpy, T>(data, shape, owner));
}

void bind_arrays(nanobind::module_& module);

}  // namespace gpu_sweep::python
