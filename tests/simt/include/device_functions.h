// The functions and variables available to device code, and the keywords that mark it.
#pragma once

#include <bit>
#include <cmath>
#include <cstdint>
#include <source_location>
#include <type_traits>

#include "vector_types.h"

#define __global__
#define __device__
#define __host__
#define __forceinline__ inline
#define __align__(bytes) __attribute__((aligned(bytes)))
#define __launch_bounds__(...)
// All threads of a block run on one host thread, so the thread-local storage of this host thread can serve as
// the block's shared memory. Thread-local variables live as long as their thread, even if a function template
// declares them, and together they form one range that the runtime can fill with poison.
#define __shared__ thread_local

// The built-in variables. The runtime sets them before it resumes a thread.
extern uint3 threadIdx;
extern uint3 blockIdx;
extern dim3 blockDim;
extern dim3 gridDim;
constexpr int warpSize = 32;

namespace simt {

enum class BarrierKind { kPlain, kCount, kAnd, kOr };
enum class WarpOp { kSync, kBallot, kShuffle, kShuffleUp, kShuffleDown, kShuffleXor };

/// Waits for all threads of the block, then returns the count, the conjunction or the disjunction of their
/// predicates, or 0 for kPlain.
int block_barrier(BarrierKind kind, bool predicate, std::source_location where);

/// Waits for all threads of the warp in `mask` that have not returned, then gives the result of `op` on their
/// values.
std::uint64_t warp_exchange(WarpOp op, unsigned mask, std::uint64_t value, int operand, int width,
                            std::source_location where);

template <class T>
T shuffle(WarpOp op, unsigned mask, T value, int operand, int width, std::source_location where) {
  static_assert(sizeof(T) == 4 || sizeof(T) == 8, "shuffles move 4 or 8 bytes");
  using Bits = std::conditional_t<sizeof(T) == 4, std::uint32_t, std::uint64_t>;
  return std::bit_cast<T>(
      static_cast<Bits>(warp_exchange(op, mask, std::bit_cast<Bits>(value), operand, width, where)));
}

}  // namespace simt

inline void __syncthreads(std::source_location where = std::source_location::current()) {
  simt::block_barrier(simt::BarrierKind::kPlain, false, where);
}
inline int __syncthreads_count(int predicate, std::source_location where = std::source_location::current()) {
  return simt::block_barrier(simt::BarrierKind::kCount, predicate != 0, where);
}
inline int __syncthreads_and(int predicate, std::source_location where = std::source_location::current()) {
  return simt::block_barrier(simt::BarrierKind::kAnd, predicate != 0, where);
}
inline int __syncthreads_or(int predicate, std::source_location where = std::source_location::current()) {
  return simt::block_barrier(simt::BarrierKind::kOr, predicate != 0, where);
}

inline void __syncwarp(unsigned mask = 0xffffffffu,
                       std::source_location where = std::source_location::current()) {
  simt::warp_exchange(simt::WarpOp::kSync, mask, 0, 0, 32, where);
}
inline unsigned __ballot_sync(unsigned mask, int predicate,
                              std::source_location where = std::source_location::current()) {
  return static_cast<unsigned>(
      simt::warp_exchange(simt::WarpOp::kBallot, mask, predicate != 0 ? 1 : 0, 0, 32, where));
}
inline int __any_sync(unsigned mask, int predicate,
                      std::source_location where = std::source_location::current()) {
  return __ballot_sync(mask, predicate, where) != 0;
}
inline int __all_sync(unsigned mask, int predicate,
                      std::source_location where = std::source_location::current()) {
  return __ballot_sync(mask, predicate == 0, where) == 0;
}

template <class T>
T __shfl_sync(unsigned mask, T value, int lane, int width = 32,
              std::source_location where = std::source_location::current()) {
  return simt::shuffle(simt::WarpOp::kShuffle, mask, value, lane, width, where);
}
template <class T>
T __shfl_up_sync(unsigned mask, T value, unsigned delta, int width = 32,
                 std::source_location where = std::source_location::current()) {
  return simt::shuffle(simt::WarpOp::kShuffleUp, mask, value, static_cast<int>(delta), width, where);
}
template <class T>
T __shfl_down_sync(unsigned mask, T value, unsigned delta, int width = 32,
                   std::source_location where = std::source_location::current()) {
  return simt::shuffle(simt::WarpOp::kShuffleDown, mask, value, static_cast<int>(delta), width, where);
}
template <class T>
T __shfl_xor_sync(unsigned mask, T value, int lane_mask, int width = 32,
                  std::source_location where = std::source_location::current()) {
  return simt::shuffle(simt::WarpOp::kShuffleXor, mask, value, lane_mask, width, where);
}

// As on the device, atomics are relaxed, which means that they do not order other memory accesses.
template <class T>
concept AtomicInteger =
    std::is_same_v<T, int> || std::is_same_v<T, unsigned> || std::is_same_v<T, unsigned long long>;

template <AtomicInteger T>
T atomicAdd(T* address, std::type_identity_t<T> value) {
  return __atomic_fetch_add(address, value, __ATOMIC_RELAXED);
}
template <AtomicInteger T>
T atomicMax(T* address, std::type_identity_t<T> value) {
  T old = __atomic_load_n(address, __ATOMIC_RELAXED);
  while (old < value &&
         !__atomic_compare_exchange_n(address, &old, value, true, __ATOMIC_RELAXED, __ATOMIC_RELAXED)) {
  }
  return old;
}
template <AtomicInteger T>
T atomicMin(T* address, std::type_identity_t<T> value) {
  T old = __atomic_load_n(address, __ATOMIC_RELAXED);
  while (value < old &&
         !__atomic_compare_exchange_n(address, &old, value, true, __ATOMIC_RELAXED, __ATOMIC_RELAXED)) {
  }
  return old;
}
// No kernel of this project may use these functions, because the sum would depend on the order of the
// additions.
float atomicAdd(float*, float) = delete;
double atomicAdd(double*, double) = delete;

template <class T>
T __ldg(const T* address) {
  return *address;
}

inline int min(int a, int b) { return a < b ? a : b; }
inline unsigned min(unsigned a, unsigned b) { return a < b ? a : b; }
inline long min(long a, long b) { return a < b ? a : b; }
inline unsigned long min(unsigned long a, unsigned long b) { return a < b ? a : b; }
inline long long min(long long a, long long b) { return a < b ? a : b; }
inline unsigned long long min(unsigned long long a, unsigned long long b) { return a < b ? a : b; }
inline float min(float a, float b) { return fminf(a, b); }
inline double min(double a, double b) { return fmin(a, b); }
inline int max(int a, int b) { return a < b ? b : a; }
inline unsigned max(unsigned a, unsigned b) { return a < b ? b : a; }
inline long max(long a, long b) { return a < b ? b : a; }
inline unsigned long max(unsigned long a, unsigned long b) { return a < b ? b : a; }
inline long long max(long long a, long long b) { return a < b ? b : a; }
inline unsigned long long max(unsigned long long a, unsigned long long b) { return a < b ? b : a; }
inline float max(float a, float b) { return fmaxf(a, b); }
inline double max(double a, double b) { return fmax(a, b); }

inline float rsqrtf(float x) { return 1.0f / sqrtf(x); }
inline float __fmaf_rn(float a, float b, float c) { return fmaf(a, b, c); }
inline int __popc(unsigned x) { return std::popcount(x); }
inline int __clz(int x) { return std::countl_zero(static_cast<unsigned>(x)); }
inline int __ffs(int x) { return x == 0 ? 0 : std::countr_zero(static_cast<unsigned>(x)) + 1; }
inline float __uint_as_float(unsigned bits) { return std::bit_cast<float>(bits); }
inline unsigned __float_as_uint(float value) { return std::bit_cast<unsigned>(value); }
inline int __float_as_int(float value) { return std::bit_cast<int>(value); }
inline float __int_as_float(int bits) { return std::bit_cast<float>(bits); }
