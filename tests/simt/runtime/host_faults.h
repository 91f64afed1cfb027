// A readable last line where the host touches device memory, or a kernel touches what it must not.
#pragma once

#include "tests/simt/runtime/device_memory.h"

namespace simt {

/// Takes over SIGSEGV, SIGBUS, SIGILL (misaligned vector accesses trap): prints one line, then lets the
/// signal take its course.
void report_faults_on(const DeviceMemory& memory);

}  // namespace simt
