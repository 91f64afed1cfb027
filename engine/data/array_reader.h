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

  bool has_images() const { return shape_.size() == 3; }               ///< rows of [height, width]
  const char* unit() const { return has_images() ? "image" : "row"; }  ///< what messages call a row
  std::string row_text() const;                                        ///< sizes of a row: "28 x 28"

  /// Fills `to` with the next values as the file stores them. Throws Error(kData) if they end early.
  virtual void read(std::span<std::uint8_t> to) = 0;

  /// Ends the reading. If the array comes from a file, throws Error(kData) unless all values have been read
  /// and nothing follows them. Returns the SHA-256 of the whole decompressed file, header included.
  virtual std::string finish() = 0;

 protected:
  explicit ArrayReader(std::string name) : name_(std::move(name)) {}

  /// Sets what the header states. Throws Error(kData) if the shape is empty or contains a 0, or if it exceeds
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

/// Reads a .npy file: format 1.0, 2.0 or 3.0, values of any ElementType, in C or Fortran order. Throws
/// Error(kData), before it allocates memory for the values, if the header is damaged, its type is not an
/// ElementType, or its shape does not match the number of bytes in `stream`.
std::unique_ptr<ArrayReader> read_npy(std::unique_ptr<ByteStream> stream, const std::string& name);

/// Reads values from memory. `bytes` must hold exactly the values of `shape`; finish() returns `sha256`.
/// Throws Error(kData) for a shape that set_header refuses.
std::unique_ptr<ArrayReader> array_in_memory(std::string name, ElementFormat format,
                                             std::vector<std::uint64_t> shape,
                                             std::vector<std::uint8_t> bytes, std::string sha256);

/// The same, but without taking over the bytes: the caller must keep them until all of them have been read.
std::unique_ptr<ArrayReader> borrowed_array(std::string name, ElementFormat format,
                                            std::vector<std::uint64_t> shape,
                                            std::span<const std::uint8_t> bytes, std::string sha256);

/// Passes all values of the array to `take(row, first, values)` as doubles. Each call receives neighboring
/// values of one row; `first` is the C-order column of the first value. Rows and columns count from 0. Then
/// returns the SHA-256 from finish(). Throws Error(kData) as read() and finish() do.
std::string for_each_value(
    ArrayReader& array,
    const std::function<void(std::size_t row, std::size_t first, std::span<const double> values)>& take);

/// The same for values of one byte each, which are passed on unchanged.
std::string for_each_byte(ArrayReader& array,
                          const std::function<void(std::size_t row, std::size_t first,
                                                   std::span<const std::uint8_t> values)>& take);

}  // namespace gpu_sweep
