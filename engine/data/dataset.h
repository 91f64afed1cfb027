// A classification data set in memory: three sets of uint8 images, split as the study split them.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace gpu_sweep {

enum class Set : std::uint8_t { kTrain = 0, kValidation = 1, kTest = 2 };
inline constexpr std::array kAllSets = {Set::kTrain, Set::kValidation, Set::kTest};

/// "train", "validation", "test".
const char* to_string(Set set);

struct LabelledImages {
  int rows = 0;                      ///< N
  std::vector<std::uint8_t> pixels;  ///< [N, D]
  std::vector<std::uint8_t> labels;  ///< [N]
};

/// What an experiment says of its classes. The labels say the rest.
struct ClassSpec {
  std::optional<int> count;        ///< K, 2..256
  std::vector<std::string> names;  ///< [K], or empty
};

/// Rows of the training and validation sets stand in the order of the split's permutation: "row i of the
/// training set" is training[i] of that permutation, and no index list is needed afterwards.
struct Dataset {
  int height = 0;
  int width = 0;
  int classes = 0;                       ///< K
  int label_classes = 0;                 ///< 1 + the largest training label; 0 where K is that
  std::array<LabelledImages, 3> sets;    ///< by Set
  std::vector<std::string> class_names;  ///< [K]; "0", "1", ... where the data is not Fashion-MNIST
  bool is_fashion_mnist = false;         ///< by the hashes of all four files
  std::string directory;                 ///< where it was read from
  std::array<std::string, 4>
      sha256;  ///< of the decompressed files: train images, train labels, test images, test labels

  int features() const { return height * width; }  ///< D
  const LabelledImages& operator[](Set set) const { return sets[static_cast<std::size_t>(set)]; }
};

}  // namespace gpu_sweep
