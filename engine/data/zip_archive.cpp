#include "engine/data/zip_archive.h"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

#include "engine/data/gzip.h"
#include "gpu_sweep/error.h"

namespace gpu_sweep {
namespace {

constexpr zip_int64_t kMostEntries = 65536;
constexpr std::string_view kSuffix = ".npy";

/// Returns entry `index` of the archive's directory, after checking that its values are possible.
ZipArchive::Entry entry_at(zip_t* archive, zip_uint64_t index, const std::string& name) {
  constexpr zip_uint64_t kNeeded =
      ZIP_STAT_NAME | ZIP_STAT_SIZE | ZIP_STAT_COMP_SIZE | ZIP_STAT_COMP_METHOD | ZIP_STAT_ENCRYPTION_METHOD;
  zip_stat_t stat;
  if (zip_stat_index(archive, index, ZIP_FL_ENC_RAW, &stat) != 0 || (stat.valid & kNeeded) != kNeeded) {
    refuse_data(name, fmt::format("entry {} of the archive cannot be read", index));
  }
  if (!is_plain_name(stat.name)) {
    refuse_data(name, fmt::format("entry {} of the archive has a name that no array may have", index));
  }
  const std::string_view entry = stat.name;
  if (!entry.ends_with(kSuffix) || entry.size() == kSuffix.size()) {
    refuse_data(name, fmt::format("entry {} is no array, expected a name that ends in .npy", entry));
  }
  if (stat.encryption_method != ZIP_EM_NONE) refuse_data(name, fmt::format("entry {} is encrypted", entry));
  if (stat.comp_method != ZIP_CM_STORE && stat.comp_method != ZIP_CM_DEFLATE) {
    refuse_data(name,
                fmt::format("entry {} is packed by method {}, expected 0 or 8", entry, stat.comp_method));
  }
  const std::uint64_t most_expansion = stat.comp_method == ZIP_CM_STORE ? 1 : kMostExpansion;
  if (stat.size / most_expansion > stat.comp_size) {
    refuse_data(name, fmt::format("entry {} says that {} bytes unpack to {}: impossible", entry,
                                  stat.comp_size, stat.size));
  }
  return {std::string(entry.substr(0, entry.size() - kSuffix.size())), index, stat.size, stat.comp_size};
}

class EntryStream : public ByteStream {
 public:
  EntryStream(zip_t* archive, const ZipArchive::Entry& entry, const std::string& name)
      : archive_name_(name), entry_(entry), file_(zip_fopen_index(archive, entry.index, 0)) {
    if (!file_) {
      refuse_data(name, fmt::format("entry {}.npy cannot be read: {}", entry.array, zip_strerror(archive)));
    }
  }

  std::uint64_t size() const override { return entry_.size; }

  std::size_t read(std::span<std::uint8_t> to) override {
    const zip_int64_t count = zip_fread(file_.get(), to.data(), to.size());
    if (count < 0) {
      refuse_data(archive_name_,
                  fmt::format("entry {}.npy is damaged: {}", entry_.array, zip_file_strerror(file_.get())));
    }
    done_ += static_cast<std::uint64_t>(count);
    const bool ended = count == 0 && !to.empty();
    if (done_ > entry_.size || (ended && done_ < entry_.size)) {
      refuse_data(archive_name_,
                  fmt::format("entry {}.npy unpacks to another number of bytes than the {} it says",
                              entry_.array, entry_.size));
    }
    return static_cast<std::size_t>(count);
  }

 private:
  struct Close {
    void operator()(zip_file_t* file) const { zip_fclose(file); }
  };

  const std::string& archive_name_;
  const ZipArchive::Entry& entry_;
  std::unique_ptr<zip_file_t, Close> file_;
  std::uint64_t done_ = 0;
};

}  // namespace

bool is_plain_name(std::string_view name) {
  if (name.empty() || name.size() > 1000 || name.front() == '/') return false;
  if (std::any_of(name.begin(), name.end(), [](char c) { return c < ' ' || c > '~' || c == '\\'; }))
    return false;
  for (std::size_t start = 0; start <= name.size();) {
    const std::size_t end = std::min(name.find('/', start), name.size());
    const std::string_view part = name.substr(start, end - start);
    if (part.empty() || part == "." || part == "..") return false;
    start = end + 1;
  }
  return true;
}

ZipArchive::ZipArchive(std::span<const std::uint8_t> bytes, std::string name) : name_(std::move(name)) {
  zip_source_t* source = zip_source_buffer_create(bytes.data(), bytes.size(), 0, nullptr);
  if (!source) throw std::runtime_error("libzip cannot open a buffer");
  adopt(source, bytes.size());
}

ZipArchive::ZipArchive(const std::filesystem::path& file) : name_(file.string()) {
  const std::uint64_t size = open_file(file)->size();  // open_file refuses anything but a regular file
  zip_source_t* source = zip_source_file_create(file.c_str(), 0, -1, nullptr);
  if (!source) throw std::runtime_error("libzip cannot open a file");
  adopt(source, size);
}

void ZipArchive::adopt(zip_source_t* source, std::uint64_t bytes) {
  zip_error_t error;
  zip_error_init(&error);
  archive_.reset(zip_open_from_source(source, ZIP_RDONLY | ZIP_CHECKCONS, &error));
  if (!archive_) {
    zip_source_free(source);
    const std::string what = zip_error_strerror(&error);
    zip_error_fini(&error);
    refuse_data(name_, fmt::format("damaged or not a .npz archive ({})", what));
  }
  zip_error_fini(&error);
  const zip_int64_t count = zip_get_num_entries(archive_.get(), 0);
  if (count > kMostEntries) {
    refuse_data(name_, fmt::format("{} arrays, expected at most {}", count, kMostEntries));
  }
  std::uint64_t packed = 0;
  for (zip_int64_t i = 0; i < count; ++i) {  // no two names are equal: libzip checks that on opening
    entries_.push_back(entry_at(archive_.get(), static_cast<zip_uint64_t>(i), name_));
    packed += std::min(entries_.back().packed_size, bytes + 1);  // the limit keeps the sum from overflowing
  }
  if (packed > bytes) refuse_data(name_, "entries of the archive overlap");
}

std::unique_ptr<ByteStream> ZipArchive::open(const Entry& entry) const {
  return std::make_unique<EntryStream>(archive_.get(), entry, name_);
}

}  // namespace gpu_sweep
