// Ends the program with a message if a file that is mapped into memory was truncated.
#pragma once

namespace gpu_sweep {

/// After this call, reading a mapped page beyond the end of its file, because the file was truncated, ends
/// the process with one line on stderr and ExitCode::kOutput. Otherwise, SIGBUS would kill it silently. The
/// only mapped file that other programs can write is runs.sqlite-shm, SQLite's index of its write-ahead log.
void report_cut_mappings();

}  // namespace gpu_sweep
