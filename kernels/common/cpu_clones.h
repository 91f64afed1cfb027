// Run-time dispatch of the CPU's inner loops: one binary for all x86-64.
#pragma once

/// Before a function with a hot loop: the compiler makes one clone for AVX-512, one for AVX2 and one for
/// every x86-64, and the loader takes the best that the machine runs. All clones give the same bits: the
/// build forbids contraction, and reductions are written in an order that does not depend on the vector
/// width.
///
/// ThreadSanitizer's run-time is not ready when the loader chooses; clang names its clones otherwise.
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && !defined(__SANITIZE_THREAD__)
#define GPU_SWEEP_CPU_CLONES __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define GPU_SWEEP_CPU_CLONES
#endif
