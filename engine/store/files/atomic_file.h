// Files that appear under their name only when they are complete.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <string_view>

namespace gpu_sweep {

/// Returns the system's message for `reason`, the errno of a failed write. For EFBIG, returns a message that
/// names the limits which the file may have exceeded.
std::string write_failure(int reason);

/// Throws OutOfSpace if `reason`, an errno, means a full disk or quota, and otherwise Error(kOutput).
[[noreturn]] void fail_to_write(const std::filesystem::path& file, int reason);

/// Writes `bytes` to a temporary file beside `file`, syncs it and renames it over `file`: at every moment,
/// even after a crash, `file` has either the old contents or the new. Throws Error(kOutput) with the file and
/// the system's reason. The old contents are then untouched, unless only the sync after the rename failed.
void write_file_atomically(const std::filesystem::path& file, std::string_view bytes);

/// Removes the temporary files that `write_file_atomically` left in `directory` when its process was killed,
/// for files whose name `is_ours` accepts. Does not remove folders, links, or files of another process that
/// is alive on this machine. Does not recognize living processes of other machines, so none of them may be
/// writing such a file. Files that cannot be removed stay.
void remove_unfinished_files(const std::filesystem::path& directory,
                             const std::function<bool(const std::string& name)>& is_ours);

/// Does what write_file_atomically does, after removing the temporary files that killed writers of `file`
/// left.
void rewrite_file_atomically(const std::filesystem::path& file, std::string_view bytes);

/// Checks, before long work, that `file` can be written afterwards. Leaves nothing behind, and removes
/// temporary files that killed writers of `file` left. Throws Error(kOutput) if `file` is a directory or
/// cannot be created.
void check_writable(const std::filesystem::path& file);

/// Makes a rename or a new name in `directory` durable. Throws Error(kOutput).
void sync_directory(const std::filesystem::path& directory);

/// Makes the contents of `file` durable. Throws Error(kOutput).
void sync_file(const std::filesystem::path& file);

/// Throws Error(kOutput) if `directory` is a symbolic link, since files of another folder would then be
/// written and removed.
void refuse_link(const std::filesystem::path& directory);

/// Creates `directory` and its missing parents, durably. Throws Error(kOutput).
void make_directory(const std::filesystem::path& directory);

}  // namespace gpu_sweep
