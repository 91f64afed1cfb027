// The function of glibc 2.36 that the carried libstdc++ takes for std::random_device, for older C libraries.
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/random.h>

/// 32 random bits of the kernel. Has no way to report a failure, as the original: the kernel (3.17 or newer)
/// gives so few bytes always, except when a signal comes before its source is ready.
extern "C" __attribute__((visibility("default"))) uint32_t arc4random() {
  uint32_t bits = 0;
  while (getrandom(&bits, sizeof bits, 0) != sizeof bits) {
    if (errno != EINTR) abort();
  }
  return bits;
}
