#include "gpu_sweep/load_dataset.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <span>

#include "engine/data/data_arrays.h"
#include "engine/data/data_files.h"
#include "engine/data/idx_file.h"
#include "engine/data/label_remarks.h"
#include "engine/data/split.h"
#include "gpu_sweep/error.h"

namespace gpu_sweep {
namespace {

constexpr std::array kFashionMnistHashes = {
    "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888",
    "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9",
    "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b",
    "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34"};

constexpr std::array kFashionMnistClasses = {"t-shirt/top", "trouser", "pullover", "dress", "coat",
                                             "sandal",      "shirt",   "sneaker",  "bag",   "ankle boot"};

/// Returns whether the name of the place suggests Fashion-MNIST: "fashion-mnist", "FashionMNIST/raw".
bool is_called_fashion_mnist(std::filesystem::path place) {
  for (int parts = 0; parts < 3 && place.has_relative_path(); ++parts, place = place.parent_path()) {
    std::string name;
    for (const char c : place.filename().string()) {
      if (std::isalnum(static_cast<unsigned char>(c)) == 0) continue;
      name += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    }
    if (name.find("fashionmnist") != std::string::npos) return true;
    if (!name.empty() && name != "raw") return false;
  }
  return false;
}

void check_counts(const DataArray& images, const DataArray& labels) {
  if (labels.rows != images.rows) {
    throw Error(ExitCode::kData, fmt::format("{}: {} labels, expected {}, one for each image of {}",
                                             labels.name, labels.rows, images.rows, images.name));
  }
}

void check_sizes(const DataArrays& files) {
  check_counts(files[0], files[1]);
  check_counts(files[2], files[3]);
  if (files[0].rows < 2) {
    throw Error(
        ExitCode::kData,
        fmt::format("{}: 1 image, expected at least 2: one is held out for validation", files[0].name));
  }
  if (files[2].height != files[0].height || files[2].width != files[0].width) {
    throw Error(ExitCode::kData,
                fmt::format("{}: images of {} x {}, expected {} x {} as in {}", files[2].name,
                            files[2].height, files[2].width, files[0].height, files[0].width, files[0].name));
  }
}

void check_labels(const DataArray& labels, int classes, const char* why) {
  const auto bad =
      std::find_if(labels.values.begin(), labels.values.end(), [=](int label) { return label >= classes; });
  if (bad != labels.values.end()) {
    throw Error(ExitCode::kData, fmt::format("{}: label {} at row {}, expected 0 to {}{}", labels.name, *bad,
                                             bad - labels.values.begin(), classes - 1, why));
  }
}

/// Returns K according to the training labels.
int count_classes(const DataArray& labels) { return 1 + *std::ranges::max_element(labels.values); }

/// Returns K. Throws Error(kData) if K would be below 2, or if a label is not below K.
int choose_classes(const DataArrays& files, const ClassSpec& spec) {
  if (spec.count) {
    for (const std::size_t labels : {1, 3}) {
      check_labels(files[labels], *spec.count, ": more classes than requested");
    }
    return *spec.count;
  }
  const int classes = count_classes(files[1]);
  if (classes < 2) {
    throw Error(ExitCode::kData,
                fmt::format("{}: every label is 0, expected at least two classes", files[1].name));
  }
  check_labels(files[3], classes, ", as in the training labels");
  return classes;
}

/// Copies the rows of `images` and `labels` that `order` lists, in its order.
LabelledImages take(const DataArray& images, const DataArray& labels, std::span<const std::int32_t> order) {
  const std::size_t features = images.values.size() / static_cast<std::size_t>(images.rows);
  LabelledImages set;
  set.rows = static_cast<int>(order.size());
  set.pixels.reserve(order.size() * features);
  set.labels.reserve(order.size());
  for (const std::int32_t row : order) {
    const auto first = images.values.begin() + static_cast<std::ptrdiff_t>(row * features);
    set.pixels.insert(set.pixels.end(), first, first + static_cast<std::ptrdiff_t>(features));
    set.labels.push_back(labels.values[static_cast<std::size_t>(row)]);
  }
  return set;
}

std::vector<std::string> class_names(bool is_fashion_mnist, int classes) {
  std::vector<std::string> names;
  names.reserve(static_cast<std::size_t>(classes));
  for (int k = 0; k < classes; ++k) {
    const auto at = static_cast<std::size_t>(k);
    names.push_back(is_fashion_mnist && at < kFashionMnistClasses.size() ? kFashionMnistClasses[at]
                                                                         : std::to_string(k));
  }
  return names;
}

/// Returns the first file that differs from Fashion-MNIST, or null.
const DataArray* first_other(const DataArrays& files) {
  for (std::size_t i = 0; i < files.size(); ++i) {
    if (files[i].sha256 != kFashionMnistHashes[i]) return &files[i];
  }
  return nullptr;
}

}  // namespace

Dataset make_dataset(const DataArrays& files, const std::string& place, DataRemarks* remarks,
                     const ClassSpec& classes) {
  check_sizes(files);

  Dataset dataset;
  dataset.height = files[0].height;
  dataset.width = files[0].width;
  dataset.classes = choose_classes(files, classes);
  dataset.label_classes = count_classes(files[1]);
  for (std::size_t i = 0; i < files.size(); ++i) dataset.sha256[i] = files[i].sha256;
  const DataArray* other = first_other(files);
  dataset.is_fashion_mnist = other == nullptr;
  dataset.class_names =
      classes.names.empty() ? class_names(dataset.is_fashion_mnist, dataset.classes) : classes.names;
  dataset.directory = place;

  const TrainValidationSplit split = train_validation_split(files[0].rows);
  dataset.splits[static_cast<std::size_t>(Split::kTrain)] = take(files[0], files[1], split.train);
  dataset.splits[static_cast<std::size_t>(Split::kValidation)] = take(files[0], files[1], split.validation);
  LabelledImages& test = dataset.splits[static_cast<std::size_t>(Split::kTest)];
  test.rows = files[2].rows;
  test.pixels.assign(files[2].values.begin(), files[2].values.end());
  test.labels.assign(files[3].values.begin(), files[3].values.end());

  *remarks = {};
  remarks->warnings = label_remarks(dataset, files[1].name);
  if (other == nullptr) return dataset;
  remarks->notice = fmt::format("{}: {} + {} images of {} x {}, {} classes", place, files[0].rows,
                                files[2].rows, dataset.height, dataset.width, dataset.classes);
  if (is_called_fashion_mnist(place)) {
    remarks->warnings.insert(
        remarks->warnings.begin(),
        fmt::format("{}: not Fashion-MNIST (sha256 {}...), although its folder is named so", other->name,
                    other->sha256.substr(0, 12)));
  }
  return dataset;
}

Dataset load_dataset(const std::filesystem::path& place, DataRemarks* remarks, const ClassSpec& classes) {
  const auto paths = data_files(place);
  const std::array files = {read_idx(paths[0], IdxKind::kImages), read_idx(paths[1], IdxKind::kLabels),
                            read_idx(paths[2], IdxKind::kImages), read_idx(paths[3], IdxKind::kLabels)};
  DataArrays arrays;
  std::ranges::transform(files, arrays.begin(), [](const IdxFile& file) {
    return DataArray{file.name, file.rows, file.height, file.width, file.values, file.sha256};
  });
  return make_dataset(arrays, place.string(), remarks, classes);
}

}  // namespace gpu_sweep
