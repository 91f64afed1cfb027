// Prints a readable last line if the host accesses device memory, or if a kernel makes a forbidden access.
#pragma once

#include "tests/simt/runtime/device_memory.h"

namespace simt {

/// Handles SIGSEGV, SIGBUS and SIGILL (which misaligned vector accesses cause). Prints one line if the fault
/// is in device memory or in a kernel, and then lets the previous handler deal with the signal.
void report_faults_on(const DeviceMemory& memory);

}  // namespace simt
