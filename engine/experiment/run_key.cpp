#include "engine/experiment/run_key.h"

#include "engine/data/sha256.h"
#include "engine/experiment/hyper_parameters.h"

namespace gpu_sweep {

namespace {

/// Returns the K that a key without classes implies. The first versions wrote no classes into their keys, and
/// took 10 classes for files of Fashion-MNIST's sizes.
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
  text += "\nhidden";
  for (const int width : model.hidden) text += " " + std::to_string(width);
  text += std::string("\nactivation ") + to_string(model.activation);
  text += "\ndropout " + number_text(model.dropout);
  text += std::string("\noptimizer ") + to_string(model.optimizer.kind);
  for (const OptimizerScalar& scalar : optimizer_scalars(model.optimizer.kind)) {
    text += std::string(" ") + scalar.key + " " + number_text(model.optimizer.*scalar.value);
  }
  text += "\nbatch_size " + std::to_string(model.batch_size);
  text += "\nepochs " + std::to_string(model.epochs);
  text += std::string("\nshuffle ") + (model.shuffle ? "true" : "false");
  text += "\nseed " + std::to_string(seed);
  text += std::string("\nprecision ") + to_string(precision);
  text += "\ndevice " + device_kind;
  text += "\ndata";
  for (const std::string& hash : dataset.sha256) text += " " + hash;
  if (dataset.classes != unsaid_classes(dataset)) text += "\nclasses " + std::to_string(dataset.classes);
  return sha256_hex(text);
}

}  // namespace gpu_sweep
