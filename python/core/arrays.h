// Data sets in arrays of NumPy, borrowed.
#pragma once

#include <nanobind/nanobind.h>
#include <nanobind/ndarray.h>

#include <array>
#include <cstdint>
#include <string>

#include "gpu_sweep/load_dataset.h"

namespace gpu_sweep::python {

using Bytes = nanobind::ndarray<const std::uint8_t, nanobind::c_contig, nanobind::device::cpu>;

/// The four arrays of a data set. They are read when a study is trained, and never copied or changed.
class ArrayData {
 public:
  /// Images are [rows, height, width], labels [rows].
  ArrayData(Bytes x_train, Bytes y_train, Bytes x_test, Bytes y_test, std::string name);

  /// Checks, hashes and splits the arrays. `classes` without names takes those of set_class_names.
  Dataset dataset(DataRemarks* remarks, ClassSpec classes = {}) const;

  /// Writes the four IDX files, which the program reads as the same data set. Throws Error(kOutput).
  void save(const std::string& directory) const;

  void set_class_names(std::vector<std::string> names) { class_names_ = std::move(names); }
  const std::string& name() const { return name_; }

 private:
  std::array<Bytes, 4> arrays_;  // train images, train labels, test images, test labels
  std::string name_;
  std::vector<std::string> class_names_;
};

void bind_arrays(nanobind::module_& module);

}  // namespace gpu_sweep::python
