// False reports of ThreadSanitizer in tests; linked into tests that are built with it.

/// To get the local time, libzip calls the C library, which frees and copies the name of the time zone under
/// a lock. ThreadSanitizer sees the memory accesses but not the lock, since the C library is not
/// instrumented.
extern "C" const char* __tsan_default_suppressions();
extern "C" const char* __tsan_default_suppressions() { return "race:libzip.so\n"; }
