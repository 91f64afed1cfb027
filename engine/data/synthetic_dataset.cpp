#include "engine/data/synthetic_dataset.h"

#include <random>

namespace gpu_sweep {

Dataset synthetic_dataset(int train_rows, int validation_rows, int test_rows, int side, int classes,
                          std::uint32_t seed) {
  std::mt19937 random(seed);
  Dataset dataset;
  dataset.height = dataset.width = side;
  dataset.classes = classes;
  const int rows[] = {train_rows, validation_rows, test_rows};
  for (int s = 0; s < 3; ++s) {
    LabelledImages& images = dataset.splits[static_cast<std::size_t>(s)];
    images.rows = rows[s];
    for (int i = 0; i < images.rows; ++i) {
      const auto label = static_cast<std::uint8_t>(random() % static_cast<unsigned>(classes));
      images.labels.push_back(label);
      for (int p = 0; p < side * side; ++p) {
        const bool bright = p % classes == label;
        images.pixels.push_back(static_cast<std::uint8_t>(random() % 128 + (bright ? 127 : 0)));
      }
    }
  }
  for (int k = 0; k < classes; ++k) dataset.class_names.push_back(std::to_string(k));
  return dataset;
}

Dataset with_float_inputs(Dataset dataset) {
  dataset.inputs = {InputType::kF32, 1.0f};
  for (LabelledImages& split : dataset.splits) {
    for (const std::uint8_t pixel : split.pixels) {
      split.floats.push_back(static_cast<float>(pixel) / 51.0f - 2.5f);
    }
    split.pixels.clear();
  }
  return dataset;
}

}  // namespace gpu_sweep
