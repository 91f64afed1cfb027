// Tells AddressSanitizer and ThreadSanitizer about fibers. Does nothing in other builds.
#pragma once

#include <cstddef>

#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/common_interface_defs.h>
#endif
#if defined(SIMT_TSAN)
#include <sanitizer/tsan_interface.h>
extern "C" {
void __tsan_java_init(unsigned long heap_begin, unsigned long heap_size);
void __tsan_java_alloc(unsigned long address, unsigned long size);
void __tsan_java_free(unsigned long address, unsigned long size);
}
#endif

namespace simt::sanitizer {

// AddressSanitizer must know which stack is in use.

#if defined(__SANITIZE_ADDRESS__)
inline void start_switch(void** fake_stack, const void* bottom, std::size_t size) {
  __sanitizer_start_switch_fiber(fake_stack, bottom, size);
}
inline void finish_switch(void* fake_stack, const void** old_bottom, std::size_t* old_size) {
  __sanitizer_finish_switch_fiber(fake_stack, old_bottom, old_size);
}
#else
inline void start_switch(void**, const void*, std::size_t) {}
inline void finish_switch(void*, const void**, std::size_t*) {}
#endif

// To ThreadSanitizer, every fiber is a thread, and a switch between two fibers implies no order. An order
// comes only from `release` and `acquire` of the same object. They are called wherever CUDA promises an
// order.

#if defined(SIMT_TSAN)
inline void* create_fiber() { return __tsan_create_fiber(0); }
inline void destroy_fiber(void* fiber) { __tsan_destroy_fiber(fiber); }
inline void* current_fiber() { return __tsan_get_current_fiber(); }
inline void switch_to(void* fiber) { __tsan_switch_to_fiber(fiber, __tsan_switch_to_fiber_no_sync); }
inline void acquire(void* object) { __tsan_acquire(object); }
inline void release(void* object) { __tsan_release(object); }
/// Makes ThreadSanitizer forget all accesses to a range of shared memory, because the shared memory of the
/// next block is different memory. ThreadSanitizer offers this only for the heaps of virtual machines. Its
/// reports search the "heap", so we declare a small one: the 4 MiB below the thread pointer of the first
/// calling thread, where the thread-local storage of the linked libraries lies. ThreadSanitizer's own library
/// takes 0.8 MB of it.
inline void forget(void* begin, std::size_t size) {
  constexpr unsigned long kHeap = 1ul << 22;
  static const unsigned long heap_end = [] {
    const auto end = reinterpret_cast<unsigned long>(__builtin_thread_pointer()) & ~7ul;
    __tsan_java_init(end - kHeap, kHeap);
    return end;
  }();
  const auto address = reinterpret_cast<unsigned long>(begin);
  const unsigned long first = address & ~7ul;
  const unsigned long last = (address + size + 7) & ~7ul;
  if (first == last || first < heap_end - kHeap || last > heap_end) return;
  __tsan_java_alloc(first, last - first);
  __tsan_java_free(first, last - first);
}
#else
inline void* create_fiber() { return nullptr; }
inline void destroy_fiber(void*) {}
inline void* current_fiber() { return nullptr; }
inline void switch_to(void*) {}
inline void acquire(void*) {}
inline void release(void*) {}
inline void forget(void*, std::size_t) {}
#endif

}  // namespace simt::sanitizer
