// Keeps this program from replacing files that it did not write.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>

namespace gpu_sweep {

/// How the files of one kind begin, in every version of this program that writes them.
struct FileKind {
  const char* name;            ///< such as "summary of gpu_sweep"
  std::string_view start;      ///< the first bytes
  std::string_view mark;       ///< bytes that also occur among the first `reach` bytes
  std::size_t reach;           ///< at most 64 KiB
  const char* expected_place;  ///< what the user should state instead, such as "another folder"
};

/// Returns whether `file`, a regular file or missing, may be replaced by a file of `kind`: it is missing,
/// empty, or begins as such files do. Throws Error(kOutput) if it cannot be read.
bool is_replaceable(const std::filesystem::path& file, const FileKind& kind);

/// Throws Error(kUsage) if replacing `file` could destroy what this program has not written, that is, if
/// `file`, or what it links to, exists, is not empty, and does not begin as files of `kind` do. Files that
/// are not regular are refused, too, except folders: the writer cannot replace a folder, and reports it. The
/// message begins with `flag`, the option that named the file. Throws Error(kOutput) if the file cannot be
/// read.
void refuse_foreign_file(const std::filesystem::path& file, const FileKind& kind,
                         const std::string& flag = "");

/// Does what `rewrite_file_atomically` does, after `refuse_foreign_file`.
void replace_own_file(const std::filesystem::path& file, std::string_view bytes, const FileKind& kind);

}  // namespace gpu_sweep
