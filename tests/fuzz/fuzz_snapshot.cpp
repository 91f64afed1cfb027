// Small snapshots, which are intact or have one changed array. A changed one must be refused; of one that is
// accepted, the key, the step and the length of the history must come back.
#include <fuzzer/FuzzedDataProvider.h>

#include <bit>

#include "engine/store/snapshots/snapshot_file.h"
#include "tests/fuzz/check.h"

namespace gpu_sweep {
namespace {

std::vector<float> draw_vector(FuzzedDataProvider& draw, std::size_t most) {
  return std::vector<float>(draw.ConsumeIntegralInRange<std::size_t>(0, most),
                            std::bit_cast<float>(draw.ConsumeIntegral<std::uint32_t>()));
}

Snapshot draw_snapshot(FuzzedDataProvider& draw) {
  Snapshot snapshot;
  snapshot.key = draw.ConsumeBytesAsString(draw.ConsumeBool() ? 64 : 3);
  for (int epochs = draw.ConsumeIntegralInRange(0, 3); epochs > 0; --epochs) {
    snapshot.history.push_back({draw.ConsumeFloatingPoint<double>(), 0.5, 0.25, 0.125});
  }
  snapshot.step = draw.ConsumeIntegral<std::uint32_t>();
  snapshot.weights = draw_vector(draw, 8);
  for (int vectors = draw.ConsumeIntegralInRange(0, 2); vectors > 0; --vectors) {
    snapshot.optimizer.push_back(draw.ConsumeBool() ? snapshot.weights : draw_vector(draw, 8));
  }
  return snapshot;
}

/// Changes, removes or adds one array, or changes nothing. Returns whether the snapshot must then be refused.
bool change_one(FuzzedDataProvider& draw, NpzArrays& arrays) {
  auto at = arrays.begin();
  std::advance(at, draw.ConsumeIntegralInRange<std::size_t>(0, arrays.size() - 1));
  switch (draw.ConsumeIntegralInRange(0, 4)) {
    case 0:
      arrays.erase(at);
      return true;
    case 1:
      if (at->second.bytes.empty()) return false;
      at->second.bytes[draw.ConsumeIntegralInRange<std::size_t>(0, at->second.bytes.size() - 1)] ^=
          static_cast<std::uint8_t>(1U << draw.ConsumeIntegralInRange(0, 7));
      return true;
    case 2:
      at->second = npy_array({2}, std::vector<double>{1, 2});
      return at->first != "powers";
    case 3:
      return arrays.emplace("other", at->second).second;
    default:
      return false;
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  FuzzedDataProvider draw(data, size);
  const Snapshot written = draw_snapshot(draw);
  const auto entries = snapshot_arrays(written);
  NpzArrays arrays(entries.begin(), entries.end());
  const bool changed = change_one(draw, arrays);
  fuzz::require_error_or_success(ExitCode::kData, [&] {
    const Snapshot read = parse_snapshot(arrays, "f");
    fuzz::require(!changed, "a changed snapshot is refused");
    fuzz::require(read.key == written.key && read.step == written.step, "the scalars come back");
    fuzz::require(read.history.size() == written.history.size() && !read.history.empty(),
                  "so does the history");
    for (const auto& vector : read.optimizer) {
      fuzz::require(vector.size() == read.weights.size(), "the optimizer fits the weights");
    }
  });
  return 0;
}

}  // namespace gpu_sweep
