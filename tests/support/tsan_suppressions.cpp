// False reports of ThreadSanitizer in tests; linked into tests that are built with it.

/// libzip calls the C library for the local time, which frees and copies the name of the time zone under a
/// lock. ThreadSanitizer sees the memory accesses but not the lock, since the C library is not instrumented.
extern "C" const char* __tsan_default_suppressions();
extern "C" const char* __tsan_default_suppressions() { return "race:libzip.so\n"; }
