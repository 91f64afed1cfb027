// Files of users are not replaced by files of this program.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>

namespace gpu_sweep {

/// How every file of one kind that this program writes begins, in every version.
struct FileKind {
  const char* name;            ///< "summary of gpu_sweep"
  std::string_view start;      ///< the first bytes
  std::string_view mark;       ///< bytes that are among the first `reach`
  std::size_t reach;           ///< at most 64 KiB
  const char* expected_place;  ///< what the user should state instead: "another folder"
};

/// Throws Error(kUsage) if replacing `file` could destroy what this program has not written: if `file`, or
/// what it links to, exists, is not empty and does not begin as `kind` does. Accepts folders: the writer
/// cannot replace one, and reports it. The message begins with `flag`, which stated the file. Throws
/// Error(kOutput) if the file cannot be read.
void refuse_foreign_file(const std::filesystem::path& file, const FileKind& kind,
                         const std::string& flag = "");

/// Does what `rewrite_file_atomically` does, after `refuse_foreign_file`.
void replace_own_file(const std::filesystem::path& file, std::string_view bytes, const FileKind& kind);

}  // namespace gpu_sweep
