#include "engine/statistics/new_images.h"

#include <algorithm>
#include <limits>
#include <map>
#include <utility>

namespace gpu_sweep {
namespace {

/// Returns the indices of those of `seeds` that are also in `other`. Both are sorted.
std::vector<std::size_t> common(const std::vector<std::uint64_t>& seeds,
                                const std::vector<std::uint64_t>& other) {
  std::vector<std::size_t> found;
  for (std::size_t i = 0; i < seeds.size(); ++i) {
    if (std::ranges::binary_search(other, seeds[i])) found.push_back(i);
  }
  return found;
}

}  // namespace

TestAnswers::TestAnswers(std::span<const ModelRuns> models, std::span<const std::uint8_t> labels)
    : runs_(models), labels_(labels), models_(models.size()) {}

TestAnswers::TestAnswers(std::span<const ModelRuns> models, const TestAnswers& all)
    : runs_(models), labels_(all.labels_), all_(&all), models_(models.size()) {}

bool TestAnswers::Model::all_kept() const { return std::ranges::find(kept, false) == kept.end(); }

TestAnswers::Model TestAnswers::pack(const ModelRuns& model, std::span<const std::uint8_t> labels) {
  const std::size_t row = (labels.size() + 7) / 8;
  std::vector<std::uint8_t> bits(model.runs.size() * row);
  std::vector<std::uint64_t> seeds;
  std::vector<bool> kept;
  for (std::size_t run = 0; run < model.runs.size(); ++run) {
    const auto& predictions = model.runs[run]->test_predictions;
    seeds.push_back(model.runs[run]->seed);
    kept.push_back(predictions.size() == labels.size() && fit(labels, *model.runs[run]));
    for (std::size_t image = 0; kept.back() && image < labels.size(); ++image) {
      if (predictions[image] != labels[image]) continue;
      std::uint8_t& byte = bits[run * row + image / 8];
      byte = static_cast<std::uint8_t>(byte | 1U << (image % 8));
    }
  }
  const auto runs = static_cast<int>(seeds.size());
  return {std::move(seeds), std::move(kept), {std::move(bits), runs, static_cast<int>(labels.size())}};
}

TestAnswers::Model TestAnswers::take(const ModelRuns& model, const Model& all) {
  std::vector<std::uint64_t> seeds;
  for (const RunRecord* run : model.runs) seeds.push_back(run->seed);
  const std::vector<std::size_t> rows = common(all.seeds, seeds);
  std::vector<bool> kept;
  for (const std::size_t each : rows) kept.push_back(all.kept[each]);
  return {std::move(seeds), std::move(kept), all.answers.of(rows)};
}

const TestAnswers::Model& TestAnswers::model(std::size_t index) const {
  std::optional<Model>& each = models_.at(index);
  if (!each) each = all_ ? take(runs_[index], all_->model(index)) : pack(runs_[index], labels_);
  return *each;
}

std::optional<TwoWay> TestAnswers::compare(std::size_t a, std::size_t b) const {
  if (labels_.size() < 2) return std::nullopt;
  const Model& first = model(a);
  const Model& second = model(b);
  if (!first.all_kept() || !second.all_kept()) return std::nullopt;
  if (first.seeds == second.seeds) {
    if (first.seeds.size() < 2) return std::nullopt;
    return two_way(first.answers, second.answers);
  }
  const std::vector<std::size_t> of_a = common(first.seeds, second.seeds);
  if (of_a.size() < 2) return std::nullopt;
  return two_way(first.answers.of(of_a), second.answers.of(common(second.seeds, first.seeds)));
}

double new_images_level(std::size_t pairs, int looks) {
  return (1 - kConfidence) / (static_cast<double>(pairs) * looks);
}

bool fit(std::span<const std::uint8_t> labels, const RunRecord& run) {
  const ConfusionMatrix& matrix = run.confusion_of(Split::kTest);
  if (matrix.counts.empty()) return true;
  const auto classes = static_cast<std::size_t>(matrix.classes);
  std::vector<std::uint32_t> counts(matrix.counts.size());
  if (run.test_predictions.size() != labels.size()) return false;
  for (std::size_t i = 0; i < labels.size(); ++i) {
    if (labels[i] >= classes || run.test_predictions[i] >= classes) return false;
    ++counts[labels[i] * classes + run.test_predictions[i]];
  }
  return counts == matrix.counts;
}

void judge_on_new_images(std::vector<Comparison>& on_test, std::vector<Comparison>& deciding,
                         const TestAnswers& answers, int looks) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  std::map<std::pair<std::size_t, std::size_t>, Comparison*> judges;
  for (Comparison& each : deciding) judges[{each.first, each.second}] = &each;
  for (Comparison& each : on_test) {
    const std::optional<TwoWay> analysis = answers.compare(each.first, each.second);
    if (!analysis) continue;
    NewImages found{*analysis, new_images_level(each.family, looks), {-kInfinity, kInfinity}};
    if (each.n >= each.fewest_runs()) found.simultaneous = analysis->on_new_images.interval(found.level);
    if (const auto judge = judges.find({each.first, each.second}); judge != judges.end()) {
      const Comparison& judged = *judge->second;
      found.told = judged.told && analysis->enough_images() &&
                   (judged.mean_difference > 0 ? found.simultaneous.low > 0 : found.simultaneous.high < 0);
      judge->second->new_images = found;
    }
    each.new_images = found;
  }
}

}  // namespace gpu_sweep
