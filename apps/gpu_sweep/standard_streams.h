// The three streams that every process is to be given.
#pragma once

namespace gpu_sweep {

/// Opens standard streams that the caller has closed on /dev/null: a file that is opened later would take the
/// number of one, and be written to as if it were the stream. First of all in main().
void open_standard_streams();

}  // namespace gpu_sweep
