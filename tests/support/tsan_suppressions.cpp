// What ThreadSanitizer reports in tests without cause; linked into tests that are built with it.

/// libzip asks the C library for the local time, which frees and copies the name of the time zone under a
/// lock of its own: ThreadSanitizer sees the memory and, in a C library that it did not build, not the lock.
extern "C" const char* __tsan_default_suppressions();
extern "C" const char* __tsan_default_suppressions() { return "race:libzip.so\n"; }
