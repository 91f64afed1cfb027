// Small groups and data sets for tests, made in code.
#pragma once

#include <cstdint>
#include <random>
#include <string>

#include "engine/data/dataset.h"
#include "engine/data/dataset_layout.h"
#include "engine/train/group_spec.h"

namespace gpu_sweep::test {

/// Seeded noise with a bright patch whose place tells the class, so that there is something to learn.
inline Dataset synthetic_dataset(int train_rows, int validation_rows, int test_rows, int side = 6,
                                 int classes = 4, std::uint32_t seed = 1) {
  std::mt19937 random(seed);
  Dataset dataset;
  dataset.height = dataset.width = side;
  dataset.classes = classes;
  const int rows[] = {train_rows, validation_rows, test_rows};
  for (int s = 0; s < 3; ++s) {
    LabelledImages& images = dataset.sets[static_cast<std::size_t>(s)];
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
  dataset.sha256 = {"a", "b", "c", "d"};
  return dataset;
}

/// The layout of a data set of which only the sizes matter.
inline DatasetLayout layout_of_sizes(int features, int classes, int train_rows, int validation_rows,
                                     int test_rows) {
  DatasetLayout layout;
  layout.features = features;
  layout.classes = classes;
  const int rows[] = {train_rows, validation_rows, test_rows};
  for (std::size_t s = 0; s < 3; ++s) {
    SetLayout& set = layout.sets[s];
    set.rows = rows[s];
    auto take = [&](std::uint64_t bytes) {
      const Tensor tensor{Space::kDataset, layout.bytes, 0};
      layout.bytes += (bytes + 255) / 256 * 256;
      return tensor;
    };
    set.pixels = take(static_cast<std::uint64_t>(set.rows) * static_cast<std::uint64_t>(features));
    set.labels = take(static_cast<std::uint64_t>(set.rows));
  }
  return layout;
}

}  // namespace gpu_sweep::test
