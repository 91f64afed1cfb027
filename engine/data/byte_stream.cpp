#include "engine/data/byte_stream.h"

#include <sys/stat.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

#include "gpu_sweep/error.h"

namespace gpu_sweep {
namespace {

class FileStream : public ByteStream {
 public:
  explicit FileStream(const std::filesystem::path& file) : name_(file.string()), file_(nullptr, std::fclose) {
    std::error_code error;
    const std::filesystem::file_status status = std::filesystem::status(file, error);
    if (!std::filesystem::status_known(status)) refuse_data(name_, "cannot be looked up: " + error.message());
    if (!std::filesystem::exists(status)) refuse_data(name_, "no such file");
    if (!std::filesystem::is_regular_file(status)) refuse_data(name_, "not a regular file");
    file_.reset(std::fopen(file.c_str(), "rb"));
    if (!file_) refuse_data(name_, std::string("cannot be opened: ") + std::strerror(errno));
    struct stat opened;
    if (::fstat(::fileno(file_.get()), &opened) != 0) refuse();
    size_ = static_cast<std::uint64_t>(opened.st_size);
  }

  std::uint64_t size() const override { return size_; }

  std::size_t read(std::span<std::uint8_t> to) override {
    const std::size_t count = std::fread(to.data(), 1, to.size(), file_.get());
    if (std::ferror(file_.get())) refuse();
    return count;
  }

 private:
  [[noreturn]] void refuse() const {
    refuse_data(name_, std::string("cannot be read: ") + std::strerror(errno));
  }

  std::string name_;
  std::unique_ptr<std::FILE, int (*)(std::FILE*)> file_;
  std::uint64_t size_ = 0;
};

}  // namespace

std::unique_ptr<ByteStream> open_file(const std::filesystem::path& file) {
  return std::make_unique<FileStream>(file);
}

}  // namespace gpu_sweep
