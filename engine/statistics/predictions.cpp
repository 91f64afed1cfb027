#include "engine/statistics/predictions.h"

#include <algorithm>
#include <numeric>

namespace gpu_sweep {
namespace {

bool keeps_predictions(const ModelRuns& model, std::size_t images) {
  return !model.runs.empty() && images > 0 &&
         std::all_of(model.runs.begin(), model.runs.end(),
                     [&](const RunRecord* run) { return run->test_predictions.size() == images; });
}

}  // namespace

std::vector<double> share_of_runs_right(const ModelRuns& model, std::span<const std::uint8_t> labels) {
  if (!keeps_predictions(model, labels.size())) return {};
  std::vector<double> shares(labels.size());
  for (const RunRecord* run : model.runs) {
    for (std::size_t i = 0; i < labels.size(); ++i)
      shares[i] += run->test_predictions[i] == labels[i] ? 1 : 0;
  }
  for (double& share : shares) share /= static_cast<double>(model.runs.size());
  return shares;
}

std::vector<int> votes(const ModelRuns& model, std::size_t images, int classes) {
  if (!keeps_predictions(model, images)) return {};
  const auto k = static_cast<std::size_t>(classes);
  std::vector<int> counts(images * k);
  for (const RunRecord* run : model.runs) {
    for (std::size_t i = 0; i < images; ++i) {
      if (run->test_predictions[i] < k) ++counts[i * k + run->test_predictions[i]];
    }
  }
  return counts;
}

std::optional<double> ensemble_accuracy(const ModelRuns& model, std::span<const std::uint8_t> labels,
                                        int classes) {
  const std::vector<int> counts = votes(model, labels.size(), classes);
  if (counts.empty()) return std::nullopt;
  std::size_t hits = 0;
  for (std::size_t i = 0; i < labels.size(); ++i) {
    const auto first = counts.begin() + static_cast<std::ptrdiff_t>(i) * classes;
    hits += std::max_element(first, first + classes) - first == labels[i] ? 1 : 0;
  }
  return static_cast<double>(hits) / static_cast<double>(labels.size());
}

std::optional<double> churn(const ModelRuns& model, int classes) {
  if (model.runs.size() < 2) return std::nullopt;
  const std::size_t images = model.runs.front()->test_predictions.size();
  const std::vector<int> counts = votes(model, images, classes);
  if (counts.empty()) return std::nullopt;
  // If c of the n runs chose a class for an image, c (c - 1) / 2 of the n (n - 1) / 2 pairs of runs agree on
  // this class.
  const auto pairs_of = [](double n) { return n * (n - 1) / 2; };
  double agreeing = 0;
  for (const int count : counts) agreeing += pairs_of(count);
  const double all = pairs_of(static_cast<double>(model.runs.size())) * static_cast<double>(images);
  return 1 - agreeing / all;
}

std::vector<MistakenImage> most_mistaken(std::span<const ModelRuns> models,
                                         std::span<const std::uint8_t> labels, int classes, int limit) {
  const auto k = static_cast<std::size_t>(classes);
  std::vector<int> counts(labels.size() * k);
  double runs = 0;
  for (const ModelRuns& model : models) {
    const std::vector<int> more = votes(model, labels.size(), classes);
    if (more.empty()) continue;
    runs += static_cast<double>(model.runs.size());
    for (std::size_t i = 0; i < counts.size(); ++i) counts[i] += more[i];
  }
  std::vector<MistakenImage> mistaken;
  for (std::size_t i = 0; i < labels.size() && runs > 0; ++i) {
    std::span<int> row(&counts[i * k], k);
    MistakenImage image;
    image.index = static_cast<int>(i);
    image.label = labels[i];
    if (labels[i] < k) row[labels[i]] = 0;
    image.wrong_share = std::accumulate(row.begin(), row.end(), 0) / runs;
    const auto most = std::max_element(row.begin(), row.end());
    image.most_common_mistake = static_cast<int>(most - row.begin());
    image.most_common_share = *most / runs;
    if (image.wrong_share > 0) mistaken.push_back(image);
  }
  std::stable_sort(mistaken.begin(), mistaken.end(), [](const MistakenImage& a, const MistakenImage& b) {
    return a.wrong_share > b.wrong_share;
  });
  if (mistaken.size() > static_cast<std::size_t>(limit)) mistaken.resize(static_cast<std::size_t>(limit));
  return mistaken;
}

}  // namespace gpu_sweep
