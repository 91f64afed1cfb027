// Ends the program with a message if a file that is mapped into memory was truncated.
#pragma once

namespace gpu_sweep {

/// From here on, reading a mapped page that its file no longer has ends the process with one line on stderr
/// and ExitCode::kOutput. Without this, SIGBUS would kill it silently. The only file that is mapped and that
/// others can write is SQLite's index of the log, runs.sqlite-shm.
void report_cut_mappings();

}  // namespace gpu_sweep
