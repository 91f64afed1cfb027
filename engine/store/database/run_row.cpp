#include "engine/store/database/run_row.h"

#include <bit>
#include <cstring>
#include <span>
#include <stdexcept>

#include "engine/data/sha256.h"

namespace gpu_sweep {

namespace {

static_assert(std::endian::native == std::endian::little, "blobs are copied as they lie in memory");

template <class T>
void append(std::vector<std::byte>& bytes, const T* values, std::size_t count) {
  const auto* first = reinterpret_cast<const std::byte*>(values);
  bytes.insert(bytes.end(), first, first + count * sizeof(T));
}

/// Reads values one after another. Throws std::invalid_argument instead of reading past the end.
class Reader {
 public:
  explicit Reader(std::span<const std::byte> bytes) : bytes_(bytes) {}

  template <class T>
  void read(T* values, std::size_t count) {
    if (count > bytes_.size() / sizeof(T)) throw std::invalid_argument("a blob is too short");
    if (count > 0) std::memcpy(values, bytes_.data(), count * sizeof(T));
    bytes_ = bytes_.subspan(count * sizeof(T));
  }
  void finish() const {
    if (!bytes_.empty()) throw std::invalid_argument("a blob is too long");
  }

 private:
  std::span<const std::byte> bytes_;
};

template <class T>
std::vector<T> all_of(const std::vector<std::byte>& bytes) {
  std::vector<T> values(bytes.size() / sizeof(T));
  Reader reader(bytes);
  reader.read(values.data(), values.size());
  reader.finish();
  return values;
}

static_assert(sizeof(SplitMetrics) == 2 * sizeof(double));
static_assert(sizeof(EpochMetrics) == 4 * sizeof(double));

void append_confusion(std::vector<std::byte>& bytes, const ConfusionMatrix& matrix) {
  const auto classes = static_cast<std::uint32_t>(matrix.classes);
  append(bytes, &classes, 1);
  append(bytes, matrix.counts.data(), matrix.counts.size());
}

ConfusionMatrix read_confusion(Reader& reader) {
  std::uint32_t classes = 0;
  reader.read(&classes, 1);
  if (classes > 256) throw std::invalid_argument("a confusion matrix of more than 256 classes");
  ConfusionMatrix matrix;
  matrix.classes = static_cast<int>(classes);
  matrix.counts.resize(std::size_t{classes} * classes);
  reader.read(matrix.counts.data(), matrix.counts.size());
  return matrix;
}

}  // namespace

std::string checksum(const RunRow& row) {
  std::vector<std::uint8_t> all;
  const auto field = [&](const void* data, std::uint64_t length) {
    const auto* prefix = reinterpret_cast<const std::uint8_t*>(&length);
    const auto* bytes = static_cast<const std::uint8_t*>(data);
    all.insert(all.end(), prefix, prefix + sizeof length);
    all.insert(all.end(), bytes, bytes + length);
  };
  field(row.key.data(), row.key.size());
  field(row.model.data(), row.model.size());
  field(&row.seed, sizeof row.seed);
  field(row.diverged_epoch ? &*row.diverged_epoch : nullptr, row.diverged_epoch ? sizeof(std::int64_t) : 0);
  for (const auto* blob :
       {&row.final, &row.history, &row.confusion, &row.test_predictions, &row.train_seconds}) {
    field(blob->data(), blob->size());
  }
  if (!row.objective.empty()) field(row.objective.data(), row.objective.size());
  return sha256_hex(all);
}

RunRow to_row(const RunRecord& run) {
  RunRow row;
  row.key = run.key;
  row.model = run.model;
  row.seed = static_cast<std::int64_t>(run.seed);
  row.diverged_epoch = run.diverged_epoch;
  // Judging rows come last, and a run without them has bytes for the other splits only.
  const std::size_t splits = run.has_rows(Split::kJudging) ? kAllSplits.size() : kBasicSplits.size();
  append(row.final, run.final.data(), splits);
  append(row.history, run.history.data(), run.history.size());
  for (std::size_t i = 0; i < splits; ++i) append_confusion(row.confusion, run.confusion[i]);
  append(row.test_predictions, run.test_predictions.data(), run.test_predictions.size());
  append(row.train_seconds, &run.train_seconds, 1);
  append(row.objective, run.objective.data(), run.objective.size());
  row.sha256 = checksum(row);
  return row;
}

RunRecord from_row(const RunRow& row) {
  RunRecord run;
  run.key = row.key;
  run.model = row.model;
  run.seed = static_cast<std::uint64_t>(row.seed);
  if (row.diverged_epoch) run.diverged_epoch = static_cast<int>(*row.diverged_epoch);

  const std::size_t splits =
      row.final.size() > kBasicSplits.size() * sizeof(SplitMetrics) ? kAllSplits.size() : kBasicSplits.size();
  Reader final(row.final);
  final.read(run.final.data(), splits);
  final.finish();
  run.history = all_of<EpochMetrics>(row.history);
  run.objective = all_of<double>(row.objective);
  if (!run.objective.empty() && run.objective.size() != run.history.size()) {
    throw std::invalid_argument("a history and objectives of different lengths");
  }

  Reader confusion(row.confusion);
  for (std::size_t i = 0; i < splits; ++i) run.confusion[i] = read_confusion(confusion);
  confusion.finish();

  run.test_predictions = all_of<std::uint8_t>(row.test_predictions);
  Reader seconds(row.train_seconds);
  seconds.read(&run.train_seconds, 1);
  seconds.finish();
  return run;
}

std::string row_name(const RunRow& row) {
  std::string name = "run of \"";
  for (const char c : row.model) name += static_cast<unsigned char>(c) < ' ' ? '?' : c;
  return name + "\", seed " + std::to_string(static_cast<std::uint64_t>(row.seed));
}

}  // namespace gpu_sweep
