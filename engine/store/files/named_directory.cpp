#include "engine/store/files/named_directory.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string>
#include <utility>

#include "engine/store/files/atomic_file.h"
#include "gpu_sweep/error.h"

namespace gpu_sweep {

namespace fs = std::filesystem;

namespace {

/// Returns whether `name` is certainly a name of the file with this identity.
bool is_name_of(const fs::path& name, const FileIdentity& identity) {
  struct stat status;
  return ::stat(name.c_str(), &status) == 0 && FileIdentity{status.st_dev, status.st_ino} == identity;
}

FileState to_state(const struct stat& status) {
  constexpr std::int64_t kSecond = 1'000'000'000;
  return {{status.st_dev, status.st_ino},
          static_cast<std::uint64_t>(status.st_size),
          status.st_mtim.tv_sec * kSecond + status.st_mtim.tv_nsec};
}

}  // namespace

std::optional<FileIdentity> identity_of(const fs::path& file) {
  const auto state = state_of(file);
  return state ? std::optional(state->identity) : std::nullopt;
}

std::optional<FileState> state_of(int descriptor) {
  struct stat status;
  return ::fstat(descriptor, &status) == 0 ? std::optional(to_state(status)) : std::nullopt;
}

std::optional<FileState> state_of(const fs::path& file) {
  struct stat status;
  if (::stat(file.c_str(), &status) == 0) return to_state(status);
  if (errno == ENOENT || errno == ENOTDIR) return std::nullopt;
  throw Error(ExitCode::kOutput, "cannot look up " + file.string() + ": " + std::strerror(errno));
}

NamedDirectory::NamedDirectory(fs::path directory)
    : directory_(std::move(directory)),
      descriptor_(::open(directory_.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC)) {
  if (descriptor_ < 0) fail_to_write(directory_, errno);
}

NamedDirectory::~NamedDirectory() { ::close(descriptor_); }

fs::path NamedDirectory::name() const {
  struct stat own;
  if (::fstat(descriptor_, &own) != 0) return directory_;
  const FileIdentity identity{own.st_dev, own.st_ino};
  if (is_name_of(directory_, identity)) return directory_;
  std::error_code error;
  const fs::path now = fs::read_symlink("/proc/self/fd/" + std::to_string(descriptor_), error);
  return !error && is_name_of(now, identity) ? now : directory_;
}

}  // namespace gpu_sweep
