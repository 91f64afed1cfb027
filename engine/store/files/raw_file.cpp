#include "engine/store/files/raw_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "gpu_sweep/error.h"

namespace gpu_sweep {
namespace {

[[noreturn]] void fail(const std::string& name, int reason) {
  throw Error(ExitCode::kOutput, "cannot read " + name + ": " + std::strerror(reason));
}

}  // namespace

std::optional<RawFile> RawFile::open(const std::filesystem::path& file) {
  // Non-blocking, so that opening a pipe does not wait for a writer.
  const int descriptor = ::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (descriptor < 0) {
    if (errno == ENOENT || errno == ENOTDIR) return std::nullopt;
    fail(file.string(), errno);
  }
  RawFile opened(descriptor, file.string());
  struct stat status;
  if (::fstat(descriptor, &status) != 0) fail(file.string(), errno);
  if (!S_ISREG(status.st_mode)) {
    throw Error(ExitCode::kOutput, "cannot read " + file.string() + ": not a regular file");
  }
  return opened;
}

RawFile::RawFile(RawFile&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)), name_(std::move(other.name_)) {}

RawFile::~RawFile() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

std::uint64_t RawFile::size() const {
  struct stat status;
  if (::fstat(descriptor_, &status) != 0) fail(name_, errno);
  return static_cast<std::uint64_t>(status.st_size);
}

std::size_t RawFile::read(std::uint64_t offset, std::span<std::byte> bytes) const {
  std::size_t filled = 0;
  while (filled < bytes.size()) {
    const ssize_t count = ::pread(descriptor_, bytes.data() + filled, bytes.size() - filled,
                                  static_cast<off_t>(offset + filled));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) fail(name_, errno);
    if (count == 0) break;
    filled += static_cast<std::size_t>(count);
  }
  return filled;
}

std::optional<std::string> read_if_there(const std::filesystem::path& file, const ReadWhole& expected) {
  const auto opened = RawFile::open(file);
  if (!opened) return std::nullopt;
  const std::uint64_t size = opened->size();
  const auto refuse = [&](const std::string& what) {
    throw Error(ExitCode::kOutput, "cannot read " + file.string() + ": " + what);
  };
  if (size > expected.most_bytes) {
    refuse(std::to_string(size) + " bytes, expected at most " + std::to_string(expected.most_bytes));
  }
  std::string bytes(size, '\0');
  bytes.resize(opened->read(0, std::as_writable_bytes(std::span(bytes))));
  if (bytes.size() != size && !expected.may_shrink) {
    refuse(std::to_string(bytes.size()) + " bytes read, expected " + std::to_string(size) +
           ": the file is being changed");
  }
  return bytes;
}

}  // namespace gpu_sweep
