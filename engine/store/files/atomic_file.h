// Files that appear under their name only when they are complete.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <string_view>

namespace gpu_sweep {

/// Throws Error(kOutput), OutOfSpace where `reason`, an errno, says so.
[[noreturn]] void fail_to_write(const std::filesystem::path& file, int reason);

/// Writes `bytes` to a temporary file beside `file`, syncs it and renames it over `file`: at every moment,
/// also after a crash, the name holds the old contents or the new and nothing between. Throws Error(kOutput)
/// naming the file and the system's reason; the old contents are untouched then.
void write_file_atomically(const std::filesystem::path& file, std::string_view bytes);

/// Removes from `directory` what `write_file_atomically` left there where its process was killed, of files
/// whose name `is_ours` accepts, and nothing else: no folder, no link, nothing of a process that lives on
/// this machine. For who owns the directory. What cannot be removed stays.
void remove_unfinished_files(const std::filesystem::path& directory,
                             const std::function<bool(const std::string& name)>& is_ours);

/// The same for a file that one process after the other writes under this name, and no owner of the directory
/// looks after: also removes what killed ones left of it.
void rewrite_file_atomically(const std::filesystem::path& file, std::string_view bytes);

/// Finds out before the work is done whether `file` could be written after it: leaves nothing behind,
/// nor what killed writers left of it. Throws Error(kOutput) for a directory and for a place where no file
/// can be made.
void check_writable(const std::filesystem::path& file);

/// Makes a rename or a new name in `directory` durable. Throws Error(kOutput).
void sync_directory(const std::filesystem::path& directory);

/// Makes what `file` holds durable. Throws Error(kOutput).
void sync_file(const std::filesystem::path& file);

/// Makes `directory` and its parents if need be, all of them durable. Throws Error(kOutput).
void make_directory(const std::filesystem::path& directory);

}  // namespace gpu_sweep
