// Suppresses false reports of ThreadSanitizer. This file is linked into the tests with the label tsan if they
// are built with ThreadSanitizer (cmake/Testing.cmake).

/// To compute the local time, libzip calls the C library, which frees and copies the name of the time zone
/// under a lock. ThreadSanitizer sees these memory accesses. It does not see the lock, because the C library
/// is not instrumented.
extern "C" const char* __tsan_default_suppressions();
extern "C" const char* __tsan_default_suppressions() { return "race:libzip.so\n"; }
