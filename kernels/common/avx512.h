// Support for loops written with AVX-512 intrinsics, which the compiler does not vectorize well. The caller
// checks at run time that the processor supports AVX-512 (has_avx512). The loader does not choose these
// functions, unlike the clones of cpu_clones.h.
//
// If an intrinsic exists in several forms, use the form named maskz, and use operators for shifts: g++ 12
// warns about an uninitialized operand in the plain forms.
#pragma once

#ifdef __x86_64__
#include <immintrin.h>

/// Attribute for a function that uses these intrinsics. It goes before the function.
#define GPU_SWEEP_AVX512 __attribute__((target("avx512f")))

namespace gpu_sweep::cpu {

inline bool has_avx512() { return __builtin_cpu_supports("avx512f"); }

}  // namespace gpu_sweep::cpu
#endif
