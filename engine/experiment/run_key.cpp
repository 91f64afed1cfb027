#include "gpu_sweep/run_key.h"

#include "engine/data/sha256.h"
#include "engine/experiment/model_keys.h"

namespace gpu_sweep {

namespace {

/// Returns a setting in the form in which run keys state it, with a space before each word.
template <class T>
std::string words_of(const T& value) {
  return " " + setting_text(value);
}

std::string words_of(const std::vector<int>& hidden) {
  std::string words;
  for (const int width : hidden) words += words_of(width);
  return words;
}

std::string words_of(const OptimizerSpec& optimizer) {
  std::string words = std::string(" ") + to_string(optimizer.kind);
  for (const OptimizerScalar& scalar : optimizer_scalars(optimizer.kind)) {
    if (!scalar.is_unsaid(optimizer)) {
      words += std::string(" ") + scalar.key + words_of(optimizer.*scalar.value);
    }
  }
  return words;
}

/// Returns the number of classes (K) that a run key without such a number stands for. The first versions
/// never wrote the number into run keys: they assumed 10 classes for files of the same sizes as
/// Fashion-MNIST's, and otherwise counted the classes by the training labels.
int unsaid_classes(const Dataset& dataset) {
  const bool has_fashion_mnist_sizes =
      dataset[Split::kTrain].rows + dataset[Split::kValidation].rows == 60000 &&
      dataset[Split::kTest].rows == 10000 && dataset.height == 28 && dataset.width == 28;
  if (has_fashion_mnist_sizes) return 10;
  return dataset.label_classes == 0 ? dataset.classes : dataset.label_classes;
}

}  // namespace

std::string run_key(const ModelSpec& model, std::uint64_t seed, Precision precision,
                    const std::string& device_kind, const Dataset& dataset) {
  std::string text = "numerics " + std::to_string(kNumericsVersion);
  for_each_model_key([&](const auto& key) {
    if (key.is_unsaid(model)) return;
    text += std::string("\n") + key.name + words_of(model.*key.value);
  });
  text += "\nseed " + std::to_string(seed);
  text += std::string("\nprecision ") + to_string(precision);
  text += "\ndevice " + device_kind;
  text += "\ndata";
  for (const std::string& hash : dataset.sha256) text += " " + hash;
  if (dataset.classes != unsaid_classes(dataset)) text += "\nclasses " + std::to_string(dataset.classes);
  for (const std::string& line : setting_lines(dataset.settings)) text += "\n" + line;
  return sha256_hex(text);
}

}  // namespace gpu_sweep
