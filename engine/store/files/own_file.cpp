#include "engine/store/files/own_file.h"

#include <algorithm>
#include <span>

#include "engine/store/files/atomic_file.h"
#include "engine/store/files/raw_file.h"
#include "gpu_sweep/error.h"

namespace gpu_sweep {
namespace {

constexpr std::size_t kLongestReach = std::size_t{1} << 16;

}  // namespace

bool is_replaceable(const std::filesystem::path& file, const FileKind& kind) {
  const auto opened = RawFile::open(file);
  if (!opened) return true;
  std::string head(std::min(kind.reach, kLongestReach), '\0');
  head.resize(opened->read(0, std::as_writable_bytes(std::span(head))));
  return head.empty() || (head.starts_with(kind.start) && head.find(kind.mark) != std::string::npos);
}

void refuse_foreign_file(const std::filesystem::path& file, const FileKind& kind, const std::string& flag) {
  std::error_code unknown;  // the writer reports a file that cannot be looked up
  const std::filesystem::file_status status = std::filesystem::status(file, unknown);
  if (!std::filesystem::exists(status) || std::filesystem::is_directory(status)) return;
  if (std::filesystem::is_regular_file(status) && is_replaceable(file, kind)) return;
  throw Error(ExitCode::kUsage, flag + (flag.empty() ? "" : " ") + file.string() +
                                    ": found an existing file that is no " + kind.name + ", expected " +
                                    kind.expected_place);
}

void replace_own_file(const std::filesystem::path& file, std::string_view bytes, const FileKind& kind) {
  refuse_foreign_file(file, kind);
  rewrite_file_atomically(file, bytes);
}

}  // namespace gpu_sweep
