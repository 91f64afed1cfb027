// A classification data set in memory: splits of rows with labels.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <type_traits>
#include <vector>

#include "gpu_sweep/data_settings.h"
#include "gpu_sweep/input_format.h"

namespace gpu_sweep {

/// A part of the rows. kJudging are the rows of DataSettings::judge, if that is stated.
enum class Split : std::uint8_t { kTrain = 0, kValidation = 1, kTest = 2, kJudging = 3 };
/// All splits, each at its own index.
inline constexpr std::array kAllSplits = {Split::kTrain, Split::kValidation, Split::kTest, Split::kJudging};
/// The splits that do not depend on DataSettings::judge. They come first among all splits.
inline constexpr std::array kBasicSplits = {Split::kTrain, Split::kValidation, Split::kTest};

constexpr std::size_t index_of(Split split) { return static_cast<std::size_t>(split); }

/// A value for each split, indexed by index_of.
template <class T>
using BySplit = std::array<T, kAllSplits.size()>;

/// "train", "validation", "test", "judging".
const char* to_string(Split split);

/// Rows of one split. The inputs are either bytes in `pixels` or floats in `floats`, depending on
/// Dataset::inputs; the other vector is empty.
struct LabelledImages {
  int rows = 0;                      ///< N
  std::vector<std::uint8_t> pixels;  ///< [N, D]
  std::vector<std::uint8_t> labels;  ///< [N]
  std::vector<float> floats;         ///< [N, D], finite

  /// Returns the inputs as elements of type T, std::uint8_t or float.
  template <class T>
  std::vector<T>& inputs() {
    if constexpr (std::is_same_v<T, float>) {
      return floats;
    } else {
      return pixels;
    }
  }
  template <class T>
  const std::vector<T>& inputs() const {
    return const_cast<LabelledImages*>(this)->inputs<T>();
  }
};

/// What an experiment states about its classes. What it does not state is derived from the labels.
struct ClassSpec {
  std::optional<int> count;        ///< K, 2..256
  std::vector<std::string> names;  ///< [K], or empty
};

/// A data set with its splits. If validation rows are held out of the training file, a permutation separates
/// them from the training rows, and both splits are stored in its order, so that no index list is needed
/// after loading. If each run has its own split (SplitPolicy::kPerRun), the training and validation splits
/// instead hold all rows of the training file in the file's order. They form a pool, and every run selects
/// its rows from the pool by an index list of its own.
struct Dataset {
  int height = 0;
  int width = 0;
  InputFormat inputs;                    ///< of all splits
  int classes = 0;                       ///< K
  int label_classes = 0;                 ///< 1 + the largest training label; 0 stands for `classes`
  BySplit<LabelledImages> splits;        ///< the judging rows are none unless settings.judge holds some out
  std::vector<std::string> class_names;  ///< [K]; "0", "1", ... unless stated or known from the data
  bool is_fashion_mnist = false;         ///< recognized by the hashes of all four files
  std::string directory;                 ///< the place it was read from
  DataSettings settings;                 ///< settings that differ from the defaults for this data
  std::optional<Standardization> standardization;  ///< applied to the inputs, if any
  /// Of the decompressed files: train images, train labels, test images, test labels. If there are separate
  /// validation files, the first two also depend on those.
  std::array<std::string, 4> sha256;

  int features() const { return height * width; }  ///< D
  bool has_split_per_run() const { return settings.split == SplitPolicy::kPerRun; }
  /// Returns whether a row can be drawn as a gray image.
  bool has_images() const { return inputs.type == InputType::kU8 && height > 1 && width > 1; }
  const LabelledImages& operator[](Split split) const { return splits[index_of(split)]; }
  LabelledImages& operator[](Split split) { return splits[index_of(split)]; }
};

/// Returns a data set with the first rows of each split, at most rows[split] of them. Of the other members,
/// it has only the sizes, the input format, the number of classes and the settings.
Dataset first_rows(const Dataset& dataset, const std::array<int, 3>& rows);

}  // namespace gpu_sweep
