// Run-time dispatch of the CPU's inner loops: one binary for all x86-64 machines.
#pragma once

/// Attribute for a function with a hot loop; it goes before the function. The compiler makes one clone each
/// for AVX-512, AVX2 and baseline x86-64, and the loader picks the best clone that the machine supports. All
/// clones give the same bits, because the build forbids contraction, and because reductions are written in an
/// order that does not depend on the vector width.
///
/// The macro is empty under ThreadSanitizer, whose run-time library is not yet initialized when the loader
/// picks a clone. It is also empty under clang, which names its clones differently.
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && !defined(__SANITIZE_THREAD__)
#define GPU_SWEEP_CPU_CLONES __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define GPU_SWEEP_CPU_CLONES
#endif
