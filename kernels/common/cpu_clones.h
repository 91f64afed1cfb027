// Run-time dispatch of the CPU's inner loops: one binary for all x86-64 machines.
#pragma once

/// Goes before a function with a hot loop. The compiler makes one clone each for AVX-512, AVX2 and baseline
/// x86-64, and the loader picks the best one that the machine can run. All clones give the same bits: the
/// build forbids contraction, and reductions are written in an order that does not depend on the vector
/// width.
///
/// Empty under ThreadSanitizer, whose run-time library is not ready when the loader picks a clone, and under
/// clang, which names its clones differently.
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && !defined(__SANITIZE_THREAD__)
#define GPU_SWEEP_CPU_CLONES __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define GPU_SWEEP_CPU_CLONES
#endif
