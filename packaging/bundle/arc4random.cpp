// A function of glibc 2.36 for older C libraries. The carried libstdc++ uses it in std::random_device.
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/random.h>

/// Returns 32 random bits from the kernel. Like the original, it cannot report a failure. The kernel (3.17 or
/// newer) always provides this small number of bytes, except when a signal arrives before its source of
/// randomness is ready.
extern "C" __attribute__((visibility("default"))) uint32_t arc4random() {
  uint32_t bits = 0;
  while (getrandom(&bits, sizeof bits, 0) != sizeof bits) {
    if (errno != EINTR) abort();
  }
  return bits;
}
