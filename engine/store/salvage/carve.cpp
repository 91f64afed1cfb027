#include "engine/store/salvage/carve.h"

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <vector>

#include "engine/store/database/run_schema.h"
#include "engine/store/files/raw_file.h"
#include "engine/store/salvage/wal_scan.h"

namespace gpu_sweep {

namespace {

using Bytes = std::span<const std::byte>;

// A record (https://www.sqlite.org/fileformat2.html#record_format) is a header, with its own length and one
// serial type per column, followed by the columns.
constexpr std::uint64_t kNull = 0;
constexpr std::uint64_t kDigest = 13 + 2 * 64;  // text of 64 bytes
constexpr std::size_t kRunColumns = 11;  // the row number, which is stored outside the record, is null in it
constexpr std::size_t kObjectiveColumn = kRunColumns;  // of rows that have one (run_schema.cpp, version 2)
constexpr std::size_t kStudyColumns = 3;
constexpr std::size_t kLongestHeader = 80;

bool is_text(std::uint64_t type) { return type >= 13 && type % 2 == 1; }
bool is_blob(std::uint64_t type) { return type >= 12 && type % 2 == 0; }
bool is_integer(std::uint64_t type) { return (type >= 1 && type <= 6) || type == 8 || type == 9; }

std::uint64_t bytes_of(std::uint64_t type) {
  constexpr std::array<std::uint64_t, 12> kSmall = {0, 1, 2, 3, 4, 6, 8, 8, 0, 0, 0, 0};
  return type < kSmall.size() ? kSmall[type] : (type - 12) / 2;
}

struct Header {
  std::size_t bytes = 0;
  std::array<std::uint64_t, kRunColumns + 1> types{};
  std::uint64_t payload = 0;  ///< bytes of the whole record
};

/// Returns the header at `at`, if a header of `columns` columns is possible there.
std::optional<Header> header_at(Bytes page, std::size_t at, std::size_t columns) {
  Header header;
  header.bytes = std::to_integer<std::size_t>(page[at]);
  if (header.bytes <= columns || header.bytes > kLongestHeader || header.bytes > page.size() - at)
    return std::nullopt;
  const std::size_t end = at + header.bytes;
  header.payload = header.bytes;
  std::size_t place = at + 1;
  for (std::size_t column = 0; column < columns; ++column) {
    std::uint64_t type = 0;
    for (int i = 0;; ++i) {
      if (place == end || i == 5) return std::nullopt;  // no type in a store has more than five bytes
      const auto byte = std::to_integer<std::uint64_t>(page[place++]);
      type = type << 7 | (byte & 127);
      if (byte < 128) break;
    }
    header.types[column] = type;
    header.payload += bytes_of(type);
  }
  if (place != end) return std::nullopt;
  return header;
}

bool is_run(const Header& header) {
  const auto& type = header.types;
  if (type[kObjectiveColumn] != kNull && !is_blob(type[kObjectiveColumn])) return false;
  return type[0] == kNull && is_text(type[1]) && is_text(type[2]) && is_integer(type[3]) &&
         (type[4] == kNull || is_integer(type[4])) && std::all_of(&type[5], &type[10], is_blob) &&
         type[10] == kDigest;
}

/// Returns the header of a run at `at`, with an objective or without.
std::optional<Header> run_header_at(Bytes page, std::size_t at) {
  for (const std::size_t columns : {kRunColumns, kRunColumns + 1}) {
    const auto header = header_at(page, at, columns);
    if (header && is_run(*header)) return header;
  }
  return std::nullopt;
}

bool is_study_value(const Header& header) {
  return is_text(header.types[0]) && is_text(header.types[1]) && header.types[2] == kDigest;
}

class Columns {
 public:
  Columns(const Header& header, Bytes record) : header_(header), rest_(record.subspan(header.bytes)) {}

  Bytes next() {
    const auto bytes = static_cast<std::size_t>(bytes_of(header_.types[column_++]));
    const Bytes value = rest_.first(bytes);
    rest_ = rest_.subspan(bytes);
    return value;
  }
  std::string text() {
    const Bytes value = next();
    return {reinterpret_cast<const char*>(value.data()), value.size()};
  }
  std::vector<std::byte> blob() {
    const Bytes value = next();
    return {value.begin(), value.end()};
  }
  std::int64_t integer() {
    const std::uint64_t type = header_.types[column_];
    const Bytes value = next();
    if (type == 8 || type == 9) return type == 9 ? 1 : 0;
    std::uint64_t number = std::to_integer<unsigned>(value[0]) & 128U ? ~std::uint64_t{0} : 0;
    for (const std::byte byte : value) number = number << 8 | std::to_integer<std::uint64_t>(byte);
    return static_cast<std::int64_t>(number);
  }

 private:
  const Header& header_;
  Bytes rest_;
  std::size_t column_ = 0;
};

RunRow run_row(const Header& header, Bytes record) {
  Columns columns(header, record);
  columns.next();
  RunRow row;
  row.key = columns.text();
  row.model = columns.text();
  row.seed = columns.integer();
  if (header.types[4] == kNull) {
    columns.next();
  } else {
    row.diverged_epoch = columns.integer();
  }
  for (auto* blob : {&row.final, &row.history, &row.confusion, &row.test_predictions, &row.train_seconds}) {
    *blob = columns.blob();
  }
  row.sha256 = columns.text();
  if (header.types[kObjectiveColumn] != kNull) row.objective = columns.blob();
  return row;
}

class Carver {
 public:
  Carver(const std::filesystem::path& store, const CarveVisitor& visitor, const std::stop_token& stop)
      : visitor_(visitor), stop_(stop), database_(RawFile::open(store)) {
    const auto log = read_if_there(std::filesystem::path(store) += "-wal", {.may_shrink = true});
    if (log) log_ = *log;
    scan_ = scan_wal(std::as_bytes(std::span(log_)));
    bytes_ = log_.size() + (database_ ? database_->size() : 0);
  }

  /// Visits records from old to new: first those in frames from before the log was restarted, then those in
  /// the database, then those in the current frames of the log.
  void carve() {
    carve_frames(false);
    if (database_) {
      const std::uint64_t pages = (database_->size() + kStorePage - 1) / kStorePage;
      std::vector<std::byte> page(kStorePage);
      for (std::uint64_t i = 0; i < pages && !stop_.stop_requested(); ++i) {
        const std::size_t count = database_->read(i * kStorePage, page);
        std::fill(page.begin() + static_cast<std::ptrdiff_t>(count), page.end(), std::byte{0});
        carve_page(page, 0);
      }
    }
    carve_frames(true);
  }

 private:
  void carve_frames(bool current) {
    for (std::size_t i = 0; i < scan_.frames.size() && !stop_.stop_requested(); ++i) {
      if (scan_.frames[i].current == current) carve_page(contents(i), i + 1);
    }
  }

  Bytes contents(std::size_t frame) const {
    return std::as_bytes(std::span(log_)).subspan(scan_.frames[frame].offset, kStorePage);
  }

  /// `frames` is the number of log frames written up to this page: 0 for a page of the database.
  void carve_page(Bytes page, std::size_t frames) {
    for (std::size_t at = 0; at < page.size(); ++at) {
      if (page[at] <= std::byte{kStudyColumns} || page[at] > std::byte{kLongestHeader}) continue;
      if (const auto header = run_header_at(page, at)) {
        for_each_version(*header, page, at, frames, [&](Bytes record) { return take_run(*header, record); });
      } else if (const auto value = header_at(page, at, kStudyColumns); value && is_study_value(*value)) {
        for_each_version(*value, page, at, frames, [&](Bytes record) { return take_value(*value, record); });
      }
    }
  }

  bool take_run(const Header& header, Bytes record) {
    const RunRow row = run_row(header, record);
    if (!is_intact(row)) return false;
    visitor_.run(row);
    return true;
  }

  bool take_value(const Header& header, Bytes record) {
    Columns columns(header, record);
    const std::string name = columns.text(), json = columns.text();
    if (columns.text() != study_checksum(name, json)) return false;
    visitor_.study_value(name, json);
    return true;
  }

  /// Calls `take` with up to three versions of a record, until `take` returns true. A record that does not
  /// fit on its page continues in a chain of other pages. The versions take these from the log up to frame
  /// `frames`, from the database alone, and from the whole log.
  template <class Take>
  void for_each_version(const Header& header, Bytes page, std::size_t at, std::size_t frames,
                        const Take& take) {
    if (header.payload > bytes_) return;
    const std::size_t local = local_bytes(header.payload);
    if (local > page.size() - at) return;
    if (local == header.payload) {
      take(page.subspan(at, local));
      return;
    }
    if (local + 4 > page.size() - at) return;
    for (const std::size_t version : std::set<std::size_t>{frames, 0, scan_.frames.size()}) {
      const auto record = with_overflow(page.subspan(at, local + 4), header.payload, version);
      if (record && take(Bytes(*record))) return;
    }
  }

  static std::size_t local_bytes(std::uint64_t payload) {
    constexpr std::uint64_t kMost = kStorePage - 35, kLeast = (kStorePage - 12) * 32 / 255 - 23;
    if (payload <= kMost) return static_cast<std::size_t>(payload);
    const std::uint64_t local = kLeast + (payload - kLeast) % (kStorePage - 4);
    return static_cast<std::size_t>(local <= kMost ? local : kLeast);
  }

  static std::uint32_t page_number(Bytes bytes) {
    std::uint32_t number = 0;
    for (std::size_t i = 0; i < 4; ++i) number = number << 8 | std::to_integer<std::uint32_t>(bytes[i]);
    return number;
  }

  /// Follows the chain of overflow pages. `start` ends with the number of the next page.
  std::optional<std::vector<std::byte>> with_overflow(Bytes start, std::uint64_t payload,
                                                      std::size_t frames) const {
    std::vector<std::byte> record(start.begin(), start.end() - 4);
    std::uint32_t next = page_number(start.last(4));
    while (record.size() < payload) {
      const auto page = find_page(next, frames);
      if (!page || stop_.stop_requested()) return std::nullopt;
      next = page_number(*page);
      const auto count = std::min<std::uint64_t>(payload - record.size(), kStorePage - 4);
      record.insert(record.end(), page->begin() + 4, page->begin() + 4 + static_cast<std::ptrdiff_t>(count));
    }
    return record;
  }

  /// Returns a page as it was after the first `frames` frames of the log and the rest of the transaction to
  /// which the last of them belongs.
  std::optional<std::vector<std::byte>> find_page(std::uint32_t number, std::size_t frames) const {
    if (number == 0) return std::nullopt;
    std::size_t end = frames;
    while (end > 0 && end < scan_.frames.size() && !scan_.frames[end - 1].commits) ++end;
    for (std::size_t i = end; i > 0; --i) {
      const WalFrame& frame = scan_.frames[i - 1];
      if (frame.page != number || !frame.current) continue;
      const Bytes found = contents(i - 1);
      return std::vector<std::byte>(found.begin(), found.end());
    }
    std::vector<std::byte> page(kStorePage);
    const std::uint64_t offset = std::uint64_t{number - 1} * kStorePage;
    if (!database_ || offset >= database_->size()) return std::nullopt;
    database_->read(offset, page);
    return page;
  }

  const CarveVisitor& visitor_;
  const std::stop_token& stop_;
  std::optional<RawFile> database_;
  std::string log_;
  WalScan scan_;
  std::uint64_t bytes_ = 0;
};

}  // namespace

void carve_store(const std::filesystem::path& store, const CarveVisitor& visitor,
                 const std::stop_token& stop) {
  Carver(store, visitor, stop).carve();
}

}  // namespace gpu_sweep
