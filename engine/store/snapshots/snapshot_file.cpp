#include "engine/store/snapshots/snapshot_file.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "engine/data/sha256.h"
#include "gpu_sweep/error.h"

namespace gpu_sweep {
namespace {

// Must be raised with any change of the arrays or of the parameters' layout. A snapshot is written as the
// oldest version that has its arrays, so that older programs can read it.
constexpr std::uint32_t kVersion = 3;
constexpr std::uint32_t kFirstVersion = 1;
constexpr const char* kChecksum = "sha256";
constexpr std::size_t kDigits = 64;

/// Returns the checksum over names, types, shapes and contents of all other arrays.
std::string checksum(const NpzArrays& arrays) {
  std::string digests;
  for (const auto& [name, array] : arrays) {
    if (name == kChecksum) continue;
    digests += fmt::format("{} {} [{}] {}\n", name, to_string(array.type), fmt::join(array.shape, ", "),
                           sha256_hex(array.bytes));
  }
  return sha256_hex(digests);
}

NpyArray text_array(const std::string& text) {
  return npy_array({text.size()}, std::vector<std::uint8_t>(text.begin(), text.end()));
}

/// Takes arrays out of a file one by one, and counts them so that finish() can refuse a file with others.
class Taker {
 public:
  Taker(const NpzArrays& arrays, const std::string& name) : arrays_(arrays), name_(name) {}

  bool has(const std::string& array) const { return arrays_.contains(array); }

  /// Returns the values of an array: [N, columns] if `columns` is given, otherwise [N].
  template <class T>
  std::vector<T> take(const std::string& array, std::uint64_t columns = 0) {
    const auto found = arrays_.find(array);
    if (found == arrays_.end()) refuse_data(name_, fmt::format("array {} is missing", array));
    const NpyArray& values = found->second;
    const bool fits = values.type == npy_type<T>() && values.shape.size() == (columns > 0 ? 2U : 1U) &&
                      (columns == 0 || values.shape[1] == columns);
    if (!fits) {
      refuse_data(name_, fmt::format("{} is {} of shape [{}], which no snapshot has", array,
                                     to_string(values.type), fmt::join(values.shape, ", ")));
    }
    ++taken_;
    return npy_values<T>(values);
  }

  template <class T>
  T one(const std::string& array) {
    const std::vector<T> values = take<T>(array);
    if (values.size() != 1)
      refuse_data(name_, fmt::format("{} has {} values, expected 1", array, values.size()));
    return values[0];
  }

  std::string digits(const std::string& array) {
    const auto values = take<std::uint8_t>(array);
    if (values.size() != kDigits) {
      refuse_data(name_, fmt::format("{} has {} characters, expected {}", array, values.size(), kDigits));
    }
    return {values.begin(), values.end()};
  }

  void finish() const {
    if (taken_ != arrays_.size()) refuse_data(name_, "it holds arrays that no snapshot has");
  }

 private:
  const NpzArrays& arrays_;
  const std::string& name_;
  std::size_t taken_ = 0;
};

// [epochs + 1, 4]: one more metric would need a new version.
constexpr std::size_t kHistoryWidth = 4;
static_assert(sizeof(EpochMetrics) == kHistoryWidth * sizeof(double));

std::uint32_t version_of(const Snapshot& snapshot) {
  if (!snapshot.objective.empty()) return kVersion;
  return snapshot.learning_rate || !snapshot.best_weights.empty() ? 2 : kFirstVersion;
}

std::vector<EpochMetrics> history_of(const std::vector<double>& values, const std::string& name) {
  if (values.empty()) refuse_data(name, "its history is empty");
  std::vector<EpochMetrics> history;
  for (std::size_t i = 0; i < values.size(); i += kHistoryWidth) {
    history.push_back({values[i], values[i + 1], values[i + 2], values[i + 3]});
  }
  return history;
}

}  // namespace

std::vector<std::pair<std::string, NpyArray>> snapshot_arrays(const Snapshot& snapshot) {
  std::vector<double> history;
  for (const EpochMetrics& epoch : snapshot.history) {
    history.insert(history.end(), {epoch.loss, epoch.accuracy, epoch.val_loss, epoch.val_accuracy});
  }
  NpzArrays arrays;
  arrays["version"] = npy_array({1}, std::vector<std::uint32_t>{version_of(snapshot)});
  arrays["key"] = text_array(snapshot.key);
  arrays["history"] = npy_array({snapshot.history.size(), kHistoryWidth}, history);
  if (!snapshot.objective.empty()) {
    arrays["objective"] = npy_array({snapshot.objective.size()}, snapshot.objective);
  }
  arrays["step"] = npy_array({1}, std::vector<std::uint32_t>{snapshot.step});
  arrays["powers"] = npy_array({2}, std::vector<double>{snapshot.beta1_power, snapshot.beta2_power});
  arrays["step_size"] = npy_array({1}, std::vector<float>{snapshot.step_size});
  if (snapshot.learning_rate) {
    arrays["learning_rate"] = npy_array({1}, std::vector<double>{*snapshot.learning_rate});
  }
  arrays["weights"] = npy_array({snapshot.weights.size()}, snapshot.weights);
  if (!snapshot.best_weights.empty()) {
    arrays["best_weights"] = npy_array({snapshot.best_weights.size()}, snapshot.best_weights);
  }
  for (std::size_t i = 0; i < snapshot.optimizer.size(); ++i) {
    arrays[fmt::format("optimiser_{}", i)] = npy_array({snapshot.optimizer[i].size()}, snapshot.optimizer[i]);
  }
  arrays["train_seconds"] = npy_array({1}, std::vector<double>{snapshot.train_seconds});
  arrays[kChecksum] = text_array(checksum(arrays));
  return {arrays.begin(), arrays.end()};
}

Snapshot parse_snapshot(const NpzArrays& arrays, const std::string& name) {
  Taker taker(arrays, name);
  if (taker.digits(kChecksum) != checksum(arrays)) refuse_data(name, "it does not match its checksum");
  const auto version = taker.one<std::uint32_t>("version");
  if (version > kVersion) {  // not treated as damage: that would restart the run and lose the snapshot
    throw Error(ExitCode::kUsage,
                fmt::format("{}: a snapshot of version {}, of a newer gpu_sweep; this program "
                            "reads up to {}",
                            name, version, kVersion));
  }
  if (version < kFirstVersion) {
    refuse_data(name, fmt::format("a snapshot of version {}, expected at least {}", version, kFirstVersion));
  }
  Snapshot snapshot;
  snapshot.key = taker.digits("key");
  snapshot.history = history_of(taker.take<double>("history", kHistoryWidth), name);
  if (taker.has("objective")) snapshot.objective = taker.take<double>("objective");
  snapshot.step = taker.one<std::uint32_t>("step");
  const auto powers = taker.take<double>("powers");
  if (powers.size() != 2) refuse_data(name, fmt::format("powers has {} values, expected 2", powers.size()));
  snapshot.beta1_power = powers[0];
  snapshot.beta2_power = powers[1];
  snapshot.step_size = taker.one<float>("step_size");
  if (taker.has("learning_rate")) snapshot.learning_rate = taker.one<double>("learning_rate");
  snapshot.weights = taker.take<float>("weights");
  if (taker.has("best_weights")) snapshot.best_weights = taker.take<float>("best_weights");
  snapshot.optimizer.push_back(taker.take<float>("optimiser_0"));
  if (taker.has("optimiser_1")) snapshot.optimizer.push_back(taker.take<float>("optimiser_1"));
  snapshot.train_seconds = taker.one<double>("train_seconds");
  taker.finish();
  if (!snapshot.objective.empty() && snapshot.objective.size() != snapshot.history.size()) {
    refuse_data(name, "history and objective differ in length");
  }
  for (const auto& vector : snapshot.optimizer) {
    if (vector.size() != snapshot.weights.size()) refuse_data(name, "weights and optimizer differ in length");
  }
  return snapshot;
}

void save_snapshot(const std::filesystem::path& file, const Snapshot& snapshot) {
  write_npz(file, snapshot_arrays(snapshot));
}

Snapshot load_snapshot(const std::filesystem::path& file) {
  return parse_snapshot(read_unpacked_npz(file), file.string());
}

Snapshot load_snapshot_of(const std::string& key, const std::filesystem::path& directory) {
  const std::filesystem::path file = directory / (key + ".npz");
  Snapshot snapshot = load_snapshot(file);
  if (snapshot.key != key) refuse_data(file.string(), "a snapshot of another run: " + snapshot.key);
  return snapshot;
}

}  // namespace gpu_sweep
