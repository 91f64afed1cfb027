#include "engine/data/read_file.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>
#include <system_error>

#include "gpu_sweep/error.h"

namespace gpu_sweep {
namespace fs = std::filesystem;

std::vector<std::uint8_t> read_file(const fs::path& file, std::uint64_t most_bytes) {
  const auto fail = [&file](const std::string& what) {
    throw Error(ExitCode::kData, fmt::format("{}: {}", file.string(), what));
  };
  std::error_code error;
  const fs::file_status status = fs::status(file, error);
  if (status.type() == fs::file_type::none) fail("cannot be read: " + error.message());
  if (!fs::exists(status)) fail("no such file");
  if (!fs::is_regular_file(status)) fail("not a regular file");

  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> stream(std::fopen(file.c_str(), "rb"), std::fclose);
  if (!stream) fail(std::string("cannot be opened: ") + std::strerror(errno));
  struct stat opened;  // of the open file: by now, the path may refer to another file
  if (::fstat(::fileno(stream.get()), &opened) != 0)
    fail(std::string("cannot be read: ") + std::strerror(errno));
  const auto size = static_cast<std::uint64_t>(opened.st_size);
  if (size > most_bytes) fail(fmt::format("{} bytes, expected at most {}", size, most_bytes));
  std::vector<std::uint8_t> bytes(size);
  const std::size_t read = std::fread(bytes.data(), 1, bytes.size(), stream.get());
  if (std::ferror(stream.get())) fail(std::string("cannot be read: ") + std::strerror(errno));
  if (read != size) fail(fmt::format("{} bytes read, expected {}: the file is being changed", read, size));
  return bytes;
}

}  // namespace gpu_sweep
