#include "engine/statistics/new_images.h"

#include <vector>

namespace gpu_sweep {
namespace {

/// Returns bits [runs, images], each row in whole bytes: 1 for a right prediction. Empty if a run does not
/// keep as many predictions as there are labels.
std::vector<std::uint8_t> packed_answers(const std::vector<const RunRecord*>& runs,
                                         std::span<const std::uint8_t> labels) {
  const std::size_t row = (labels.size() + 7) / 8;
  std::vector<std::uint8_t> bits(runs.size() * row);
  for (std::size_t run = 0; run < runs.size(); ++run) {
    const auto& predictions = runs[run]->test_predictions;
    if (predictions.size() != labels.size()) return {};
    for (std::size_t image = 0; image < labels.size(); ++image) {
      if (predictions[image] != labels[image]) continue;
      std::uint8_t& byte = bits[run * row + image / 8];
      byte = static_cast<std::uint8_t>(byte | 1U << (image % 8));
    }
  }
  return bits;
}

}  // namespace

std::optional<TwoWay> two_way_on_test(const ModelRuns& a, const ModelRuns& b,
                                      std::span<const std::uint8_t> labels) {
  const PairedRuns pairs = pair_on_seeds(a, b);
  if (pairs.a.size() < 2 || labels.size() < 2) return std::nullopt;
  const std::vector<std::uint8_t> of_a = packed_answers(pairs.a, labels);
  const std::vector<std::uint8_t> of_b = packed_answers(pairs.b, labels);
  if (of_a.empty() || of_b.empty()) return std::nullopt;
  const int runs = static_cast<int>(pairs.a.size());
  const int images = static_cast<int>(labels.size());
  return two_way({of_a, runs, images}, {of_b, runs, images});
}

}  // namespace gpu_sweep
