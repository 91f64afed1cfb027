#include "engine/statistics/confusion.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "engine/statistics/methods/descriptive.h"
#include "engine/statistics/methods/moments.h"
#include "engine/statistics/methods/proportion.h"

namespace gpu_sweep {
namespace {

ClassRecall recall_of(const std::vector<const ConfusionMatrix*>& matrices, std::size_t truth, std::size_t k) {
  ClassRecall recall;
  std::vector<double> shares;
  for (const ConfusionMatrix* matrix : matrices) {
    const auto row = matrix->counts.begin() + static_cast<std::ptrdiff_t>(truth * k);
    const auto images = std::accumulate(row, row + static_cast<std::ptrdiff_t>(k), std::uint64_t{0});
    recall.images = static_cast<int>(images);
    if (images > 0) shares.push_back(row[static_cast<std::ptrdiff_t>(truth)] / static_cast<double>(images));
  }
  if (shares.empty()) return recall;
  recall.mean = moments(shares).mean;
  if (shares.size() > 1) recall.over_runs = t_interval_of_mean(shares);
  recall.over_images = wilson_interval(recall.mean * recall.images, recall.images);
  return recall;
}

std::vector<ConfusedPair> confused_pairs(const std::vector<double>& mean, std::size_t k, int limit) {
  std::vector<ConfusedPair> pairs;
  for (std::size_t i = 0; i < k; ++i) {
    for (std::size_t j = i + 1; j < k; ++j) {
      const double count = mean[i * k + j] + mean[j * k + i];
      if (count > 0) pairs.push_back({static_cast<int>(i), static_cast<int>(j), count});
    }
  }
  std::stable_sort(pairs.begin(), pairs.end(),
                   [](const ConfusedPair& a, const ConfusedPair& b) { return a.count > b.count; });
  if (pairs.size() > static_cast<std::size_t>(limit)) pairs.resize(static_cast<std::size_t>(limit));
  return pairs;
}

}  // namespace

ConfusionStatistics confusion_statistics(const ModelRuns& model, Split split, int most_confused) {
  ConfusionStatistics result;
  if (model.runs.empty()) return result;
  result.classes = model.runs.front()->confusion_of(split).classes;
  const auto k = static_cast<std::size_t>(result.classes);

  std::vector<const ConfusionMatrix*> matrices;
  for (const RunRecord* run : model.runs) {
    const ConfusionMatrix& matrix = run->confusion_of(split);
    if (matrix.classes == result.classes && matrix.counts.size() == k * k) matrices.push_back(&matrix);
  }
  result.mean.assign(k * k, 0);
  result.std_n.assign(k * k, 0);
  std::vector<double> counts(matrices.size());
  for (std::size_t i = 0; i < k * k && !matrices.empty(); ++i) {
    for (std::size_t run = 0; run < matrices.size(); ++run) counts[run] = matrices[run]->counts[i];
    const Moments sums = moments(counts);
    result.mean[i] = sums.mean;
    result.std_n[i] = std::sqrt(sums.squares / static_cast<double>(counts.size()));
  }
  for (std::size_t truth = 0; truth < k; ++truth) result.recall.push_back(recall_of(matrices, truth, k));
  result.most_confused = confused_pairs(result.mean, k, most_confused);
  return result;
}

}  // namespace gpu_sweep
