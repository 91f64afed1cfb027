// An array of a data set, read from front to back: first its shape, then its values.
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

  bool has_images() const { return shape_.size() == 3; }               ///< whether rows are [height, width]
  const char* unit() const { return has_images() ? "image" : "row"; }  ///< what messages call a row
  std::string row_text() const;                                        ///< sizes of a row: "28 x 28"

  /// Fills `to` with the next values, as the file stores them. `to` must not be longer than the values that
  /// are left. Throws Error(kData) if they cannot be read.
  virtual void read(std::span<std::uint8_t> to) = 0;

  /// Ends the reading, and returns the SHA-256 of the whole decompressed file, including its header. The
  /// reader that read_npy returns throws Error(kData) if values remain unread or if bytes follow the values.
  virtual std::string finish() = 0;

 protected:
  explicit ArrayReader(std::string name) : name_(std::move(name)) {}

  /// Sets the properties that the header states. Throws Error(kData) if the shape is empty, if it contains a
  /// 0, or if it exceeds kMostFeatures values per row, 2^31 - 1 rows, or kMostValues values in total.
  void set_header(ElementFormat format, bool fortran_order, std::vector<std::uint64_t> shape);

 private:
  std::string name_;
  ElementFormat format_;
  bool fortran_order_ = false;
  std::vector<std::uint64_t> shape_ = {1};
};

inline constexpr std::uint64_t kMostFeatures = std::uint64_t{1} << 20;  ///< of a row: 1024 x 1024
inline constexpr std::uint64_t kMostValues = std::uint64_t{1} << 34;    ///< of an array

/// Reads a .npy file of format 1.0, 2.0 or 3.0, with values of any ElementType, in C or Fortran order. Throws
/// Error(kData) if the header is damaged, if its type is not an ElementType, or if set_header refuses its
/// shape or the shape does not match the number of bytes in `stream`. These errors are thrown before any
/// memory is allocated for the values.
std::unique_ptr<ArrayReader> read_npy(std::unique_ptr<ByteStream> stream, const std::string& name);

/// Reads values from memory. `bytes` must hold exactly the values of `shape`; finish() returns `sha256`.
/// Throws Error(kData) for a shape that set_header refuses.
std::unique_ptr<ArrayReader> array_in_memory(std::string name, ElementFormat format,
                                             std::vector<std::uint64_t> shape,
                                             std::vector<std::uint8_t> bytes, std::string sha256);

/// Reads values from memory like array_in_memory, but borrows the bytes: the caller must keep them until all
/// of them have been read.
std::unique_ptr<ArrayReader> borrowed_array(std::string name, ElementFormat format,
                                            std::vector<std::uint64_t> shape,
                                            std::span<const std::uint8_t> bytes, std::string sha256);

/// Passes all values of the array to `take(row, first, values)` as doubles. Each call receives neighboring
/// values of one row, and `first` is the C-order column of the first of these values. Rows and columns count
/// from 0. Afterwards returns the SHA-256 from finish(). Throws Error(kData) as read() and finish() do.
std::string for_each_value(
    ArrayReader& array,
    const std::function<void(std::size_t row, std::size_t first, std::span<const double> values)>& take);

/// Does for values of one byte what for_each_value does, but passes the bytes on unchanged.
std::string for_each_byte(ArrayReader& array,
                          const std::function<void(std::size_t row, std::size_t first,
                                                   std::span<const std::uint8_t> values)>& take);

}  // namespace gpu_sweep
