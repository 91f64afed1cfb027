// The part of ReplicaGroup that returns the results of its runs.
#include <cmath>
#include <numeric>
#include <span>
#include <utility>

#include "engine/train/initial_state.h"
#include "engine/train/replica_group.h"

namespace gpu_sweep {

template <class T>
std::vector<std::vector<T>> ReplicaGroup::download(const Tensor& tensor, std::size_t count) {
  std::vector<std::vector<T>> values(spec_.runs.size(), std::vector<T>(count));
  std::vector<Part> parts;
  for (std::size_t r = 0; r < values.size(); ++r) {
    parts.push_back(
        {tensor.offset + tensor.replica_stride * r, std::as_writable_bytes(std::span(values[r]))});
  }
  lane_.download(arena_, parts);
  return values;
}

std::vector<ConfusionMatrix> ReplicaGroup::confusion() {
  const int classes = layout_.spec.classes;
  std::vector<ConfusionMatrix> matrices;
  for (auto& counts :
       download<std::uint32_t>(layout_.confusion, static_cast<std::size_t>(classes) * classes)) {
    matrices.push_back({classes, std::move(counts)});
  }
  return matrices;
}

std::vector<std::vector<std::uint8_t>> ReplicaGroup::predictions(Split split) {
  return download<std::uint8_t>(layout_.predictions, static_cast<std::size_t>(layout_.dataset[split].rows));
}

std::vector<std::vector<Fp16>> ReplicaGroup::test_probabilities() {
  if (!layout_.keep_probabilities) return std::vector<std::vector<Fp16>>(spec_.runs.size());
  const auto rows = static_cast<std::size_t>(layout_.dataset[Split::kTest].rows);
  return download<Fp16>(layout_.probabilities, rows * static_cast<std::size_t>(layout_.spec.classes));
}

std::vector<Weights> ReplicaGroup::weights() {
  std::vector<Weights> result;
  for (const auto& vector :
       download<float>(layout_.weights, static_cast<std::size_t>(layout_.parameters.parameters))) {
    result.push_back(strip_weights(vector, layout_.parameters));
  }
  return result;
}

/// A run restores its weights only once, so they may go through the host, which also rounds them to bf16.
void ReplicaGroup::restore_best_weights(std::size_t run) {
  std::vector<float> best(static_cast<std::size_t>(layout_.parameters.parameters));
  lane_.download(arena_, layout_.best_weights.offset + layout_.best_weights.replica_stride * run,
                 std::as_writable_bytes(std::span(best)));
  upload_parameters(lane_, arena_, layout_, static_cast<int>(run), best);
}

/// Returns the record of a run without its final metrics. Its confusion matrices are those of splits without
/// rows.
RunRecord ReplicaGroup::record_of_training(std::size_t run) const {
  RunRecord record;
  const auto classes = static_cast<std::size_t>(layout_.spec.classes);
  for (const Split split : kBasicSplits) {
    record.confusion[index_of(split)] = {layout_.spec.classes, std::vector<std::uint32_t>(classes * classes)};
  }
  record.model = spec_.runs[run].model.name;
  record.seed = spec_.runs[run].seed;
  record.key = spec_.runs[run].key;
  record.history = courses_[run].history();
  record.objective = courses_[run].objective();
  for (std::size_t epoch = 0; epoch < record.history.size() && !record.diverged_epoch; ++epoch) {
    if (!std::isfinite(record.history[epoch].loss)) record.diverged_epoch = static_cast<int>(epoch);
  }
  return record;
}

void ReplicaGroup::add_results(Split split, std::span<const std::size_t> runs,
                               std::vector<RunRecord>& records) {
  const std::vector<SplitMetrics> metrics = evaluate(split);
  std::vector<ConfusionMatrix> matrices = confusion();
  for (std::size_t i = 0; i < records.size(); ++i) {
    RunRecord& record = records[i];
    record.final[index_of(split)] = metrics[runs[i]];
    record.confusion[index_of(split)] = std::move(matrices[runs[i]]);
    if (!std::isfinite(record[split].loss) && !record.diverged_epoch)
      record.diverged_epoch = static_cast<int>(record.history.size()) - 1;
  }
}

void ReplicaGroup::add_test_answers(std::span<const std::size_t> runs, std::vector<RunRecord>& records) {
  std::vector<std::vector<std::uint8_t>> classes = predictions(Split::kTest);
  std::vector<std::vector<Fp16>> probabilities = test_probabilities();
  for (std::size_t i = 0; i < records.size(); ++i) {
    records[i].test_predictions = std::move(classes[runs[i]]);
    records[i].test_probabilities = std::move(probabilities[runs[i]]);
  }
}

std::vector<RunRecord> ReplicaGroup::finish(std::span<const std::size_t> runs) {
  std::vector<RunRecord> records;
  for (const std::size_t run : runs) {
    if (courses_[run].has_best()) restore_best_weights(run);
    records.push_back(record_of_training(run));
  }
  for (const Split split : kAllSplits) {
    if (layout_.dataset[split].rows == 0) continue;
    add_results(split, runs, records);
    if (split == Split::kTest) add_test_answers(runs, records);  // before the next evaluation replaces them
  }
  return records;
}

std::vector<RunRecord> ReplicaGroup::finish() {
  std::vector<std::size_t> all(spec_.runs.size());
  std::iota(all.begin(), all.end(), std::size_t{0});
  return finish(all);
}

}  // namespace gpu_sweep
