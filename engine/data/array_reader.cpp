#include "engine/data/array_reader.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <limits>
#include <numeric>
#include <optional>

#include "engine/data/npy_header.h"
#include "engine/data/sha256.h"
#include "gpu_sweep/error.h"

namespace gpu_sweep {
namespace {

constexpr std::size_t kChunk = std::size_t{1} << 14;  // values that are converted together

class NpyReader : public ArrayReader {
 public:
  NpyReader(std::unique_ptr<ByteStream> stream, const std::string& name)
      : ArrayReader(name), stream_(std::move(stream)) {
    start_.resize(std::min<std::uint64_t>(stream_->size(), kMostNpyStart));
    start_.resize(fill(start_));
    const NpyStart parts = npy_start(start_, name);
    const std::optional<ElementFormat> format = parse_numpy_type(parts.header.type);
    if (!format) {
      refuse_data(name,
                  fmt::format("values of type {}, expected bool, int8 to int64, uint8 to uint64 or float16 "
                              "to float64 (pickled objects are never read)",
                              parts.header.type));
    }
    set_header(*format, parts.header.fortran_order, parts.header.shape);
    const std::uint64_t needed = rows() * elements_of_row() * size_of(format->type);
    if (stream_->size() - parts.values_at != needed) {
      refuse_data(name, fmt::format("{} bytes of values, expected {} for {} values of {}",
                                    stream_->size() - parts.values_at, needed,
                                    fmt::join(parts.header.shape, " x "), to_string(format->type)));
    }
    at_ = parts.values_at;
    hash_.update(start_);
  }

  void read(std::span<std::uint8_t> to) override {
    const std::size_t kept = std::min(to.size(), start_.size() - at_);
    std::copy_n(start_.begin() + static_cast<std::ptrdiff_t>(at_), kept, to.begin());
    at_ += kept;
    const std::span<std::uint8_t> rest = to.subspan(kept);
    if (fill(rest) != rest.size()) refuse_data(name(), "ends early: the file is being changed");
    hash_.update(rest);
  }

  std::string finish() override {
    std::uint8_t beyond = 0;
    if (at_ != start_.size() || stream_->read({&beyond, 1}) != 0) {
      refuse_data(name(), "more bytes than its header says");
    }
    return hash_.hex();
  }

 private:
  std::size_t fill(std::span<std::uint8_t> to) {
    std::size_t filled = 0;
    while (filled < to.size()) {
      const std::size_t count = stream_->read(to.subspan(filled));
      if (count == 0) break;
      filled += count;
    }
    return filled;
  }

  std::unique_ptr<ByteStream> stream_;
  std::vector<std::uint8_t> start_;  // first bytes of the file: the header and the values read with it
  std::size_t at_ = 0;               // of the next value in start_
  Sha256 hash_;
};

class MemoryReader : public ArrayReader {
 public:
  MemoryReader(std::string name, ElementFormat format, std::vector<std::uint64_t> shape,
               std::vector<std::uint8_t> owned, std::span<const std::uint8_t> bytes, std::string sha256)
      : ArrayReader(std::move(name)), owned_(std::move(owned)), left_(bytes), sha256_(std::move(sha256)) {
    set_header(format, false, std::move(shape));
  }

  void read(std::span<std::uint8_t> to) override {
    std::ranges::copy(left_.first(to.size()), to.begin());
    left_ = left_.subspan(to.size());
  }

  std::string finish() override {
    owned_ = {};  // frees the memory for the arrays that are read next
    return sha256_;
  }

 private:
  std::vector<std::uint8_t> owned_;  // the bytes that left_ views; empty if they are borrowed
  std::span<const std::uint8_t> left_;
  std::string sha256_;
};

/// Converts the position `index` of a value in a row from Fortran order to C order. `sizes` is the shape of a
/// row.
std::size_t column_of(std::size_t index, std::span<const std::uint64_t> sizes) {
  std::size_t stride = 1;
  for (const std::uint64_t size : sizes) stride *= size;
  std::size_t column = 0;
  for (const std::uint64_t size : sizes) {
    stride /= size;
    column += index % size * stride;
    index /= size;
  }
  return column;
}

/// Reads values in chunks and passes them to `take`, either unchanged or converted to doubles. Each call of
/// `take` receives values of a single row.
template <class Value, class Take>
void pass_on(ArrayReader& array, const Take& take) {
  const std::size_t width = size_of(array.format().type), rows = array.rows(),
                    columns = array.elements_of_row();
  std::vector<std::uint8_t> bytes;
  std::vector<Value> values;
  const auto next = [&](std::size_t count) {
    bytes.resize(count * width);
    array.read(bytes);
    if constexpr (std::is_same_v<Value, double>) {
      values.resize(count);
      to_doubles(array.format(), bytes, values);
    } else {
      values.swap(bytes);
    }
    return std::span<const Value>(values);
  };
  if (array.fortran_order()) {
    for (std::size_t index = 0; index < columns; ++index) {
      const std::size_t column = column_of(index, std::span(array.shape()).subspan(1));
      for (std::size_t row = 0; row < rows;) {
        for (const Value& value : next(std::min(kChunk, rows - row)))
          take(row++, column, std::span(&value, 1));
      }
    }
    return;
  }
  const std::size_t all = rows * columns;
  for (std::size_t done = 0; done < all;) {
    std::span<const Value> chunk = next(std::min(kChunk, all - done));
    while (!chunk.empty()) {
      const std::size_t row = done / columns, first = done % columns;
      const std::size_t count = std::min(chunk.size(), columns - first);
      take(row, first, chunk.first(count));
      chunk = chunk.subspan(count);
      done += count;
    }
  }
}

}  // namespace

std::uint64_t ArrayReader::elements_of_row() const {
  return std::accumulate(shape_.begin() + 1, shape_.end(), std::uint64_t{1}, std::multiplies<>());
}

std::string ArrayReader::row_text() const {
  return fmt::format("{}", fmt::join(shape_.begin() + 1, shape_.end(), " x "));
}

void ArrayReader::set_header(ElementFormat format, bool fortran_order, std::vector<std::uint64_t> shape) {
  if (shape.empty()) refuse_data(name_, "a single number, expected an array with one row per sample");
  std::uint64_t columns = 1;
  for (std::size_t i = 0; i < shape.size(); ++i) {
    if (shape[i] == 0) {
      refuse_data(name_, fmt::format("shape {}, expected no size of 0", fmt::join(shape, " x ")));
    }
    if (i > 0 && (__builtin_mul_overflow(columns, shape[i], &columns) || columns > kMostFeatures)) {
      refuse_data(name_, fmt::format("rows of {} values, expected at most {}",
                                     fmt::join(shape.begin() + 1, shape.end(), " x "), kMostFeatures));
    }
  }
  if (shape.front() > std::numeric_limits<std::int32_t>::max() || shape.front() * columns > kMostValues) {
    refuse_data(name_, fmt::format("{} rows of {} values, expected at most {} values in all", shape.front(),
                                   columns, kMostValues));
  }
  format_ = format;
  fortran_order_ = fortran_order && shape.size() > 1;
  shape_ = std::move(shape);
}

std::unique_ptr<ArrayReader> read_npy(std::unique_ptr<ByteStream> stream, const std::string& name) {
  return std::make_unique<NpyReader>(std::move(stream), name);
}

std::unique_ptr<ArrayReader> array_in_memory(std::string name, ElementFormat format,
                                             std::vector<std::uint64_t> shape,
                                             std::vector<std::uint8_t> bytes, std::string sha256) {
  const std::span<const std::uint8_t> values = bytes;  // stays valid when the vector is moved
  return std::make_unique<MemoryReader>(std::move(name), format, std::move(shape), std::move(bytes), values,
                                        std::move(sha256));
}

std::unique_ptr<ArrayReader> borrowed_array(std::string name, ElementFormat format,
                                            std::vector<std::uint64_t> shape,
                                            std::span<const std::uint8_t> bytes, std::string sha256) {
  return std::make_unique<MemoryReader>(std::move(name), format, std::move(shape),
                                        std::vector<std::uint8_t>(), bytes, std::move(sha256));
}

std::string for_each_value(
    ArrayReader& array,
    const std::function<void(std::size_t row, std::size_t first, std::span<const double> values)>& take) {
  pass_on<double>(array, take);
  return array.finish();
}

std::string for_each_byte(ArrayReader& array,
                          const std::function<void(std::size_t row, std::size_t first,
                                                   std::span<const std::uint8_t> values)>& take) {
  pass_on<std::uint8_t>(array, take);
  return array.finish();
}

}  // namespace gpu_sweep
