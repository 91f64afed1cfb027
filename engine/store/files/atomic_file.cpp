#include "engine/store/files/atomic_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <csignal>
#include <cstring>
#include <optional>
#include <string>
#include <vector>

#include "gpu_sweep/error.h"

namespace gpu_sweep {

namespace {

[[noreturn]] void fail(const std::string& what, const std::filesystem::path& path, int reason) {
  const std::string message = "cannot " + what + " " + path.string() + ": " + write_failure(reason);
  if (reason == ENOSPC || reason == EDQUOT) throw OutOfSpace(message);
  throw Error(ExitCode::kOutput, message);
}

class Descriptor {
 public:
  explicit Descriptor(int descriptor) : descriptor_(descriptor) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  int get() const { return descriptor_; }

 private:
  int descriptor_;
};

/// Returns 0 or the errno. A signal may interrupt fsync on network file systems.
int sync(int descriptor) {
  int result = 0;
  do {
    result = ::fsync(descriptor);
  } while (result != 0 && errno == EINTR);
  return result == 0 ? 0 : errno;
}

/// Returns 0 or the errno of the first failure.
int write_and_sync(const std::filesystem::path& file, std::string_view bytes) {
  ::unlink(file.c_str());  // a killed process with the same id may have left it; unlink does not follow links
  const Descriptor descriptor(
      ::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666));
  if (descriptor.get() < 0) return errno;
  while (!bytes.empty()) {
    const ssize_t written = ::write(descriptor.get(), bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return errno;
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return sync(descriptor.get());
}

constexpr std::string_view kTemporary = ".tmp";  // NAME.tmpPID

std::filesystem::path temporary_name(const std::filesystem::path& file) {
  return (std::filesystem::path(file) += kTemporary) += std::to_string(::getpid());
}

struct Unfinished {
  std::string name;  ///< of the file to be written
  pid_t writer = 0;
};

std::optional<Unfinished> as_unfinished(const std::string& file_name) {
  const std::size_t at = file_name.rfind(kTemporary);
  if (at == std::string::npos || at == 0) return std::nullopt;
  const char* const first = file_name.data() + at + kTemporary.size();
  const char* const last = file_name.data() + file_name.size();
  Unfinished result{file_name.substr(0, at)};
  const auto [end, error] = std::from_chars(first, last, result.writer);
  if (error != std::errc() || end != last || result.writer < 1 || *first == '0') return std::nullopt;
  return result;
}

bool lives_elsewhere(pid_t process) {
  return process != ::getpid() && (::kill(process, 0) == 0 || errno != ESRCH);
}

void remove_unfinished(const std::filesystem::path& file) {
  remove_unfinished_files(std::filesystem::absolute(file).parent_path(),
                          [&](const std::string& name) { return name == file.filename(); });
}

}  // namespace

std::string write_failure(int reason) {
  if (reason != EFBIG) return std::strerror(reason);
  return "the file would exceed the size limit of this process (ulimit -f) or of the file system";
}

void fail_to_write(const std::filesystem::path& file, int reason) { fail("write", file, reason); }

void check_writable(const std::filesystem::path& file) {
  std::error_code error;
  if (std::filesystem::is_directory(file, error)) fail("write", file, EISDIR);
  remove_unfinished(file);
  const std::filesystem::path temporary = temporary_name(file);
  const int reason = write_and_sync(temporary, "");
  ::unlink(temporary.c_str());
  if (reason != 0) fail("write", file, reason);
}

void write_file_atomically(const std::filesystem::path& file, std::string_view bytes) {
  const std::filesystem::path temporary = temporary_name(file);
  int reason = write_and_sync(temporary, bytes);
  if (reason == 0 && ::rename(temporary.c_str(), file.c_str()) != 0) reason = errno;
  if (reason != 0) {
    ::unlink(temporary.c_str());
    fail("write", file, reason);
  }
  sync_directory(std::filesystem::absolute(file).parent_path());
}

void remove_unfinished_files(const std::filesystem::path& directory,
                             const std::function<bool(const std::string& name)>& is_ours) {
  namespace fs = std::filesystem;
  std::error_code error;  // ignored: there may be no folder yet
  for (fs::directory_iterator entry(directory, error), end; !error && entry != end; entry.increment(error)) {
    const auto unfinished = as_unfinished(entry->path().filename().string());
    std::error_code ignored;
    if (!unfinished || !is_ours(unfinished->name) || lives_elsewhere(unfinished->writer)) continue;
    if (entry->symlink_status(ignored).type() == fs::file_type::regular) fs::remove(entry->path(), ignored);
  }
}

void rewrite_file_atomically(const std::filesystem::path& file, std::string_view bytes) {
  remove_unfinished(file);
  write_file_atomically(file, bytes);
}

void sync_directory(const std::filesystem::path& directory) {
  const Descriptor descriptor(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (descriptor.get() < 0) fail("open directory", directory, errno);
  // Some network file systems cannot sync a directory and return EINVAL: nothing more can be done there.
  const int reason = sync(descriptor.get());
  if (reason != 0 && reason != EINVAL) fail("sync directory", directory, reason);
}

void sync_file(const std::filesystem::path& file) {
  const Descriptor descriptor(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
  if (descriptor.get() < 0) fail("open", file, errno);
  if (const int reason = sync(descriptor.get()); reason != 0) fail("write", file, reason);
}

void refuse_link(const std::filesystem::path& directory) {
  std::error_code ignored;  // a file that cannot be looked up cannot be written either
  if (!std::filesystem::is_symlink(directory, ignored)) return;
  throw Error(ExitCode::kOutput,
              directory.string() + " is a symbolic link, expected a folder: files are removed there");
}

void make_directory(const std::filesystem::path& directory) {
  namespace fs = std::filesystem;
  std::error_code error;
  if (fs::is_directory(directory, error)) return;
  std::vector<fs::path> missing;  // innermost first
  for (fs::path path = fs::absolute(directory); !fs::exists(path, error) && path.has_relative_path();) {
    if (path.has_filename()) missing.push_back(path);
    path = path.parent_path();
  }
  fs::create_directories(directory, error);
  if (error) fail("make directory", directory, error.value());
  if (!fs::is_directory(directory, error)) fail("make directory", directory, ENOTDIR);
  for (const fs::path& made : missing) sync_directory(made.parent_path());
}

}  // namespace gpu_sweep
