// Makes sure that the three standard streams are open.
#pragma once

namespace gpu_sweep {

/// Opens /dev/null for each standard stream that the parent process closed. Otherwise a file opened later
/// would take the stream's number and receive what is written to the stream. Call this first in main().
void open_standard_streams();

}  // namespace gpu_sweep
