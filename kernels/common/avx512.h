// AVX-512 by intrinsics, for loops that the compiler does not vectorize well. Their functions are called
// after a look at the processor (has_avx512), not chosen by the loader as clones are (cpu_clones.h).
//
// Of the intrinsics that come in several forms, use those named maskz, and operators for shifts: g++ 12 warns
// of an uninitialized operand in the plain ones.
#pragma once

#ifdef __x86_64__
#include <immintrin.h>

/// Goes before a function that uses them.
#define GPU_SWEEP_AVX512 __attribute__((target("avx512f")))

namespace gpu_sweep::cpu {

inline bool has_avx512() { return __builtin_cpu_supports("avx512f"); }

}  // namespace gpu_sweep::cpu
#endif
