// Makes sure that the three standard streams are open.
#pragma once

namespace gpu_sweep {

/// Opens standard streams that the parent process closed on /dev/null. A file opened later would otherwise
/// take the number of one and receive what is written to the stream. Call this first in main().
void open_standard_streams();

}  // namespace gpu_sweep
