// Ends the program with a message if a file that is mapped into memory has been truncated.
#pragma once

namespace gpu_sweep {

/// Installs a handler of SIGBUS. From then on, reading a mapped page beyond the end of a truncated file ends
/// the process with one line on stderr and ExitCode::kOutput. Without the handler, SIGBUS would kill the
/// process without a message. The only mapped file that other programs can write is runs.sqlite-shm, SQLite's
/// index of its write-ahead log.
void report_cut_mappings();

}  // namespace gpu_sweep
