#include "engine/store/files/directory_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <cstring>
#include <string>
#include <string_view>

#include "gpu_sweep/error.h"

namespace gpu_sweep {

namespace {

std::string host_name() {
  std::array<char, 256> host{};
  if (::gethostname(host.data(), host.size() - 1) != 0) return "";
  return host.data();
}

std::string text_of(pid_t process) { return "process " + std::to_string(process) + " on " + host_name(); }

/// Returns whether `text` names a process of this machine that no longer exists. If so, a killed writer left
/// the text behind, and some other process (a reader, say) holds the lock.
bool names_a_dead_process(const std::string& text) {
  constexpr std::string_view kBefore = "process ";
  pid_t process = 0;
  if (!text.starts_with(kBefore)) return false;
  std::from_chars(text.data() + kBefore.size(), text.data() + text.size(), process);
  return process > 0 && text == text_of(process) && ::kill(process, 0) != 0 && errno == ESRCH;
}

/// Returns "process 1234 on host" as the holder wrote it, with "?" for unprintable characters. Returns
/// "another process" if the file is empty or names a process of this machine that has ended.
std::string holder(int descriptor) {
  std::array<char, 256> buffer{};
  const ssize_t bytes = ::pread(descriptor, buffer.data(), buffer.size(), 0);
  std::string text;
  for (ssize_t i = 0; i < bytes; ++i) {
    const char c = buffer[static_cast<std::size_t>(i)];
    if (c == '\n') break;
    text += c >= ' ' && c <= '~' ? c : '?';
  }
  return text.empty() || names_a_dead_process(text) ? "another process" : text;
}

/// Tries to lock without waiting, and returns whether the lock was taken. Repeats an attempt that a signal
/// interrupts: on NFS, locking sends a message to the server.
bool lock_at_once(int descriptor, int kind) {
  int result = 0;
  do {
    result = ::flock(descriptor, kind | LOCK_NB);
  } while (result != 0 && errno == EINTR);
  return result == 0;
}

int locked(const std::filesystem::path& directory) {
  const std::filesystem::path file = directory / "lock";
  const int descriptor = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0666);
  if (descriptor < 0) {
    throw Error(ExitCode::kOutput, "cannot write " + file.string() + ": " + std::strerror(errno));
  }
  if (lock_at_once(descriptor, LOCK_EX)) return descriptor;
  const int reason = errno;
  const std::string held_by = holder(descriptor);
  ::close(descriptor);
  if (reason == EWOULDBLOCK) throw Error(ExitCode::kBusy, directory.string() + " is in use by " + held_by);
  throw Error(ExitCode::kOutput, "cannot lock " + file.string() + ": " + std::strerror(reason));
}

}  // namespace

DirectoryLock::DirectoryLock(const std::filesystem::path& directory) : descriptor_(locked(directory)) {
  // The file may have been replaced before it was locked: another process can then lock the new one.
  while (!is_that_of(directory)) {
    ::close(descriptor_);
    descriptor_ = -1;
    descriptor_ = locked(directory);
  }
  // The text only names the holder in messages of other processes. If it cannot be written (disk full), the
  // lock still holds, and the store's first write will report the full disk.
  const std::string text = text_of(::getpid()) + "\n";
  if (::ftruncate(descriptor_, 0) == 0 && ::pwrite(descriptor_, text.data(), text.size(), 0) < 0) {
    [[maybe_unused]] const int emptied = ::ftruncate(descriptor_, 0);
  }
}

bool DirectoryLock::is_that_of(const std::filesystem::path& directory) const {
  struct stat own, named;
  if (::fstat(descriptor_, &own) != 0) return true;
  if (::stat((directory / "lock").c_str(), &named) != 0) return errno != ENOENT && errno != ENOTDIR;
  return own.st_dev == named.st_dev && own.st_ino == named.st_ino;
}

DirectoryLock::~DirectoryLock() {
  // Without this, messages would name this process as the holder while only a reader holds the lock.
  [[maybe_unused]] const int emptied = ::ftruncate(descriptor_, 0);
  ::close(descriptor_);
}

ReadersLock::ReadersLock(const std::filesystem::path& directory)
    : descriptor_(::open((directory / "lock").c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)) {
  held_ = descriptor_ < 0 ? errno == ENOENT : lock_at_once(descriptor_, LOCK_SH);
}

ReadersLock::~ReadersLock() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

}  // namespace gpu_sweep
