// A classification data set in memory: three splits of uint8 images, as in the reference study.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace gpu_sweep {

enum class Split : std::uint8_t { kTrain = 0, kValidation = 1, kTest = 2 };
inline constexpr std::array kAllSplits = {Split::kTrain, Split::kValidation, Split::kTest};

/// "train", "validation", "test".
const char* to_string(Split split);

struct LabelledImages {
  int rows = 0;                      ///< N
  std::vector<std::uint8_t> pixels;  ///< [N, D]
  std::vector<std::uint8_t> labels;  ///< [N]
};

/// What an experiment states about its classes. Everything else follows from the labels.
struct ClassSpec {
  std::optional<int> count;        ///< K, 2..256
  std::vector<std::string> names;  ///< [K], or empty
};

/// Rows of the training and validation splits are stored in the order of the permutation that separates them:
/// row i of the training split is element i of the training part of that permutation, so no index list is
/// needed afterwards.
struct Dataset {
  int height = 0;
  int width = 0;
  int classes = 0;                       ///< K
  int label_classes = 0;                 ///< 1 + the largest training label; 0 means K
  std::array<LabelledImages, 3> splits;  ///< by Split
  std::vector<std::string> class_names;  ///< [K]; by default "0", "1", ... unless the data is Fashion-MNIST
  bool is_fashion_mnist = false;         ///< judged by the hashes of all four files
  std::string directory;                 ///< where it was read from
  std::array<std::string, 4>
      sha256;  ///< of the decompressed files: train images, train labels, test images, test labels

  int features() const { return height * width; }  ///< D
  const LabelledImages& operator[](Split split) const { return splits[static_cast<std::size_t>(split)]; }
};

}  // namespace gpu_sweep
