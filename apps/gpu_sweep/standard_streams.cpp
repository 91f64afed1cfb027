#include "apps/gpu_sweep/standard_streams.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <initializer_list>

namespace gpu_sweep {

void open_standard_streams() {
  for (const int descriptor : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (::fcntl(descriptor, F_GETFD) >= 0 || errno != EBADF) continue;
    // All lower descriptors are open, so the lowest free one is `descriptor`.
    if (::open("/dev/null", O_RDWR) != descriptor) std::abort();
  }
}

}  // namespace gpu_sweep
