#include "engine/store/salvage/wal_scan.h"

#include <algorithm>
#include <array>

namespace gpu_sweep {

namespace {

constexpr std::size_t kHeader = 32;
constexpr std::size_t kFrameHeader = 24;
constexpr std::uint32_t kMagic = 0x377f0682;  // the last bit is set if checksums read big-endian words

std::uint32_t word(std::span<const std::byte> bytes, std::size_t at, bool big_endian = true) {
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < 4; ++i) {
    const std::size_t from = at + (big_endian ? i : 3 - i);
    value = value << 8 | std::to_integer<std::uint32_t>(bytes[from]);
  }
  return value;
}

using Checksum = std::array<std::uint32_t, 2>;

Checksum checksum(Checksum sum, std::span<const std::byte> bytes, bool big_endian) {
  for (std::size_t at = 0; at + 8 <= bytes.size(); at += 8) {
    sum[0] += word(bytes, at, big_endian) + sum[1];
    sum[1] += word(bytes, at + 4, big_endian) + sum[0];
  }
  return sum;
}

Checksum stored_checksum(std::span<const std::byte> bytes, std::size_t at) {
  return {word(bytes, at), word(bytes, at + 4)};
}

/// Returns whether this is the header of a store's log and matches its checksum. If it does not, its salts,
/// which mark the frames written since the log was last restarted, may be wrong as well. scan_wal then uses
/// those of the first frame.
bool header_is_intact(std::span<const std::byte> log, bool big_endian) {
  return (word(log, 0) & ~1U) == kMagic && word(log, 8) == kStorePage &&
         checksum({}, log.first(24), big_endian) == stored_checksum(log, 24);
}

std::vector<WalFrame> frames_of(std::span<const std::byte> log, bool big_endian, std::size_t salts) {
  std::vector<WalFrame> frames;
  Checksum before = stored_checksum(log, 24);
  for (std::size_t at = kHeader; at + kFrameHeader + kStorePage <= log.size();
       at += kFrameHeader + kStorePage) {
    WalFrame frame;
    frame.page = word(log, at);
    frame.offset = at + kFrameHeader;
    frame.commits = word(log, at + 4) != 0;
    frame.current = std::ranges::equal(log.subspan(at + 8, 8), log.subspan(salts, 8));
    const Checksum of_header = checksum(before, log.subspan(at, 8), big_endian);
    before = stored_checksum(log, at + 16);
    frame.intact =
        frame.page != 0 && checksum(of_header, log.subspan(frame.offset, kStorePage), big_endian) == before;
    frames.push_back(frame);
  }
  return frames;
}

}  // namespace

WalScan scan_wal(std::span<const std::byte> log) {
  WalScan scan;
  if (log.size() < kHeader + kFrameHeader + kStorePage) return scan;  // created, but nothing committed to it
  const bool big_endian = (word(log, 0) & ~1U) == kMagic && (word(log, 0) & 1U) != 0;
  const bool sound = header_is_intact(log, big_endian);
  scan.frames = frames_of(log, big_endian, sound ? 16 : kHeader + 8);
  if (!sound) {
    scan.damage = "its header does not match its checksum";
    return scan;
  }
  const auto is_bad = [](const WalFrame& frame) { return !frame.current || !frame.intact; };
  const auto bad = std::ranges::find_if(scan.frames, is_bad);
  // A writer begins a transaction only after the previous one is durable. So the transaction with the bad
  // frame was durable if another one follows it.
  const auto ends = [](const WalFrame& frame) { return frame.current && frame.commits; };
  const auto end = std::find_if(bad, scan.frames.end(), ends);
  if (end == scan.frames.end()) return scan;
  const auto later =
      std::count_if(end + 1, scan.frames.end(), [](const WalFrame& frame) { return frame.current; });
  if (later > 0) {
    scan.damage = "frame " + std::to_string(bad - scan.frames.begin() + 1) +
                  " is not as it was written, and " + std::to_string(later) + " of later transactions follow";
  }
  return scan;
}

}  // namespace gpu_sweep
