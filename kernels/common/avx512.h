// Support for loops that are written with AVX-512 intrinsics because the compiler does not vectorize them
// well. The caller of a function with such a loop must check has_avx512() at run time: unlike the clones
// of cpu_clones.h, the function is not chosen by the loader.
//
// g++ 12 warns about an uninitialized operand in the plain forms of some intrinsics. For these, use the form
// named maskz, and operators for shifts.
#pragma once

#ifdef __x86_64__
#include <immintrin.h>

/// Attribute for a function that uses these intrinsics. It goes before the function.
#define GPU_SWEEP_AVX512 __attribute__((target("avx512f")))

namespace gpu_sweep::cpu {

inline bool has_avx512() { return __builtin_cpu_supports("avx512f"); }

}  // namespace gpu_sweep::cpu
#endif
