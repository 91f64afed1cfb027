// Write-ahead logs of arbitrary bytes. All frames must lie within the log, and intact frames must have the
// number of a page.
#include <fuzzer/FuzzedDataProvider.h>

#include <vector>

#include "engine/store/salvage/wal_scan.h"
#include "tests/fuzz/check.h"

namespace gpu_sweep {

/// Spreads a short input over a log of a few pages, so that every frame begins with some bytes of the input.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr std::size_t kHeader = 32, kStart = 48, kFrame = 24 + kStorePage;
  FuzzedDataProvider draw(data, size);
  std::vector<std::byte> log;
  for (const std::uint8_t byte : draw.ConsumeBytes<std::uint8_t>(kHeader)) log.push_back(std::byte{byte});
  log.resize(kHeader);
  while (draw.remaining_bytes() > 0 && log.size() < 6 * kFrame) {
    const std::size_t at = log.size();
    log.resize(at + (draw.ConsumeBool() ? kFrame : draw.ConsumeIntegralInRange<std::size_t>(0, kFrame)));
    std::size_t place = at;
    for (const std::uint8_t byte : draw.ConsumeBytes<std::uint8_t>(kStart)) {
      if (place < log.size()) log[place++] = std::byte{byte};
    }
  }
  const WalScan scan = scan_wal(log);
  for (const WalFrame& frame : scan.frames) {
    fuzz::require(frame.offset + kStorePage <= log.size(), "a frame lies within the log");
    fuzz::require(frame.page != 0 || !frame.intact, "an intact frame is of a page");
  }
  if (scan.damage) {
    fuzz::require(!scan.frames.empty(), "damage is of a log that holds something");
    for (const char c : *scan.damage) fuzz::require(c >= ' ', "the damage is one line");
  }
  return 0;
}

}  // namespace gpu_sweep
