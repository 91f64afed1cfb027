// One array of a data set, read from front to back: its shape first, its values later.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "engine/data/byte_stream.h"
#include "engine/data/element_type.h"

namespace gpu_sweep {

class ArrayReader {
 public:
  virtual ~ArrayReader() = default;
  ArrayReader(const ArrayReader&) = delete;
  ArrayReader& operator=(const ArrayReader&) = delete;

  const std::string& name() const { return name_; }  ///< for messages: the file, and the array in it
  ElementFormat format() const { return format_; }
  bool fortran_order() const { return fortran_order_; }
  const std::vector<std::uint64_t>& shape() const { return shape_; }  ///< [N, ...], every size at least 1

  std::uint64_t rows() const { return shape_.front(); }  ///< N
  std::uint64_t elements_of_row() const;                 ///< product of the other sizes; 1 if there are none

  bool has_images() const { return shape_.size() == 3; }  ///< rows of [height, width]
  std::string row_text() const;                           ///< sizes of a row: "28 x 28"

  /// Fills `to` with the next values as the file stores them. Throws Error(kData) if they end early.
  virtual void read(std::span<std::uint8_t> to) = 0;

  /// Checks that all values have been read and that nothing follows. Returns the SHA-256 of the whole
  /// decompressed file, header included. Throws Error(kData).
  virtual std::string finish() = 0;

 protected:
  explicit ArrayReader(std::string name) : name_(std::move(name)) {}

  /// Sets what the header states. Throws Error(kData) if there is no row, or if the sizes exceed
  /// kMostFeatures per row, 2^31 - 1 rows or kMostValues in all.
  void set_header(ElementFormat format, bool fortran_order, std::vector<std::uint64_t> shape);

 private:
  std::string name_;
  ElementFormat format_;
  bool fortran_order_ = false;
  std::vector<std::uint64_t> shape_ = {1};
};

inline constexpr std::uint64_t kMostFeatures = std::uint64_t{1} << 20;  ///< of a row: 1024 x 1024
inline constexpr std::uint64_t kMostValues = std::uint64_t{1} << 34;    ///< of an array

/// Reads a .npy file: format 1.0, 2.0 or 3.0, any type of ElementType, C or Fortran order. Throws
/// Error(kData) if the header is damaged or if the shape needs another number of bytes than `stream` has,
/// before any memory is allocated for them.
std::unique_ptr<ArrayReader> read_npy(std::unique_ptr<ByteStream> stream, const std::string& name);

/// Reads values from memory. `bytes` are as many as the shape needs; `sha256` is returned by finish.
std::unique_ptr<ArrayReader> array_in_memory(std::string name, ElementFormat format,
                                             std::vector<std::uint64_t> shape,
                                             std::vector<std::uint8_t> bytes, std::string sha256);

/// The same for bytes that the caller keeps until all of them have been read.
std::unique_ptr<ArrayReader> borrowed_array(std::string name, ElementFormat format,
                                            std::vector<std::uint64_t> shape,
                                            std::span<const std::uint8_t> bytes, std::string sha256);

/// Calls `take(row, first, values)` with runs of neighboring values of a row, starting at column `first` of
/// the row in C order, until all values of the array have been passed on as doubles. Rows and columns count
/// from 0. Then calls finish() and returns the SHA-256.
std::string for_each_value(
    ArrayReader& array,
    const std::function<void(std::size_t row, std::size_t first, std::span<const double> values)>& take);

/// The same for values of one byte each, which are passed on as they are.
std::string for_each_byte(ArrayReader& array,
                          const std::function<void(std::size_t row, std::size_t first,
                                                   std::span<const std::uint8_t> values)>& take);

}  // namespace gpu_sweep
