#include <algorithm>
#include <cstring>
#include <cub/device/device_radix_sort.cuh>

#include "tests/simt/runtime/device.h"

namespace simt {

namespace {

/// Returns about as many bytes as the real CUB needs for its histograms and its look-back state.
std::size_t scratch_needed(std::size_t count) { return 2048 + count / 4 * 8; }

struct Sort {
  void* scratch;
  std::size_t scratch_bytes;
  const std::uint64_t* in;
  std::uint64_t* out;
  std::size_t count;
  int begin_bit;
  int end_bit;

  void run() const {
    const std::uint64_t width = static_cast<std::uint64_t>(end_bit - begin_bit);
    const std::uint64_t mask = width == 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << width) - 1;
    std::copy(in, in + count, out);
    std::stable_sort(out, out + count, [this, mask](std::uint64_t a, std::uint64_t b) {
      return (a >> begin_bit & mask) < (b >> begin_bit & mask);
    });
    std::memset(scratch, kPoison, scratch_bytes);
  }
};

bool overlap(const void* a, std::size_t a_bytes, const void* b, std::size_t b_bytes) {
  const auto* first = static_cast<const std::byte*>(a);
  const auto* second = static_cast<const std::byte*>(b);
  return first < second + b_bytes && second < first + a_bytes;
}

}  // namespace

cudaError_t sort_keys(void* scratch, std::size_t& scratch_bytes, const std::uint64_t* in, std::uint64_t* out,
                      std::size_t count, int begin_bit, int end_bit, cudaStream_t stream) {
  const std::size_t needed = scratch_needed(count);
  Device& on = device();
  const std::lock_guard lock(on.mutex);
  if (scratch == nullptr) {
    if (const cudaError_t error = on.check_not_capturing("asking SortKeys for its scratch"))
      return result(error);
    scratch_bytes = needed;
    return cudaSuccess;
  }
  if (const cudaError_t error = on.check_stream(stream, "DeviceRadixSort::SortKeys")) return result(error);
  if (begin_bit < 0 || end_bit > 64 || begin_bit >= end_bit) return result(cudaErrorInvalidValue);
  const std::size_t bytes = count * sizeof(std::uint64_t);
  if (scratch_bytes < needed || !on.memory.contains(scratch, scratch_bytes) ||
      !on.memory.contains(in, bytes) || !on.memory.contains(out, bytes)) {
    on.violations.report("SortKeys: keys or scratch do not fit where they are said to be");
    return result(cudaErrorInvalidValue);
  }
  if (overlap(in, bytes, out, bytes) || overlap(in, bytes, scratch, scratch_bytes) ||
      overlap(out, bytes, scratch, scratch_bytes)) {
    on.violations.report("SortKeys: keys and scratch overlap");
    return result(cudaErrorInvalidValue);
  }
  // Submits two nodes, because the real CUB has several. The first node clears the scratch memory.
  auto clear = std::make_shared<Work>();
  clear->type = cudaGraphNodeTypeMemset;
  clear->run = [scratch, size = scratch_bytes] { std::memset(scratch, 0, size); };
  if (const cudaError_t error = on.submit(stream, std::move(clear))) return result(error);
  auto work = std::make_shared<Work>();
  work->run = [sort = Sort{scratch, scratch_bytes, in, out, count, begin_bit, end_bit}] { sort.run(); };
  return result(on.submit(stream, std::move(work)));
}

}  // namespace simt
