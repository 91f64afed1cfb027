#include "gpu_sweep/load_dataset.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <iterator>
#include <optional>

#include "engine/data/data_arrays.h"
#include "engine/data/data_place.h"
#include "engine/data/label_remarks.h"
#include "engine/data/read_dataset.h"
#include "engine/data/table_files.h"
#include "gpu_sweep/error.h"

namespace gpu_sweep {
namespace {

constexpr std::array kFashionMnistHashes = {
    "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888",
    "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9",
    "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b",
    "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34"};

/// The hashes of Fashion-MNIST in arrays: those of the .npy files that NumPy writes for its values. Images
/// are uint8. Labels may be uint8, int32 or int64.
constexpr std::array kFashionMnistImageArrays = {
    "fa55843a054d8d313e1599d2541666e5febd6f186948f84db90dd89f854fa02e",
    "fa687ea6e35cd511e68bc9cd5049edbadf6eb7dfde574e880a3325309e5aadfd"};
constexpr std::array<std::array<const char*, 2>, 3> kFashionMnistLabelArrays = {
    {{"efa44c2e191352e6f338f69c404dcc5c8c636ff9c237875b7fbf289f568c064c",
      "dc8f8f1192c27394f85487043710db3a9b18d51be2c3bca478bf94dfff9dd146"},
     {"ad5d875264cf0487ba1a2330b7cd74a15a4df0bacccadd6e711126f11e365251",
      "a061445ec01d9336dd4e01f4a7ac5130bfbe293c72552800597ee202941c88c7"},
     {"eb6efccc70db136ce327076edeadbbcba39b38ab16fd8f89b0625f62fc605f24",
      "33e7c41e1d27e7ea46528a86fd6d54e0eb0d60f705e95ae5e9c956635f269cbc"}}};

constexpr std::array kFashionMnistClasses = {"t-shirt/top", "trouser", "pullover", "dress", "coat",
                                             "sandal",      "shirt",   "sneaker",  "bag",   "ankle boot"};

/// Returns whether the name of the place suggests Fashion-MNIST, as "fashion-mnist" and "FashionMNIST/raw"
/// do.
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

ArrayFiles open_data(const std::filesystem::path& place, DataKind kind, const DataSettings& settings,
                     const ClassSpec& classes) {
  switch (kind) {
    case DataKind::kNpz:
      return open_npz(place);
    case DataKind::kNpy:
      return open_npy_folder(place);
    case DataKind::kTable:
      return open_tables(place, settings, classes);
    case DataKind::kIdx:
      break;
  }
  return open_idx_files(place);
}

bool is_fashion_mnist_in_arrays(const std::array<std::string, 4>& sha256) {
  const auto are_labels = [&](const auto& labels) {
    return sha256[1] == labels[0] && sha256[3] == labels[1];
  };
  return sha256[0] == kFashionMnistImageArrays[0] && sha256[2] == kFashionMnistImageArrays[1] &&
         std::ranges::any_of(kFashionMnistLabelArrays, are_labels);
}

/// Returns the index of the first file that differs from Fashion-MNIST's, or nothing if all files are equal.
std::optional<std::size_t> first_other(const std::array<std::string, 4>& sha256) {
  for (std::size_t i = 0; i < sha256.size(); ++i) {
    if (sha256[i] != kFashionMnistHashes[i]) return i;
  }
  return std::nullopt;
}

/// Reads the arrays, recognizes Fashion-MNIST, and fills `remarks`.
Dataset describe(ArrayFiles files, DataKind kind, const std::filesystem::path& place, DataRemarks* remarks,
                 const ClassSpec& classes, const DataSettings& settings, const Standardization* kept) {
  const ArrayReader& train = *files[Split::kTrain].inputs;
  const std::string notice =
      fmt::format("{}: {} + {} {} of {}", place.string(), train.rows(), files[Split::kTest].inputs->rows(),
                  std::string(train.unit()) + "s",
                  train.has_images() ? train.row_text() : fmt::format("{} values", train.elements_of_row()));
  const std::string label_file = files[Split::kTrain].labels->name();
  const std::array names = {train.name(), label_file, files[Split::kTest].inputs->name(),
                            files[Split::kTest].labels->name()};
  const char* const unit = train.unit();
  const std::vector<std::string> warnings = std::move(files.warnings);
  Dataset dataset = read_dataset(std::move(files), kind, classes, settings, kept);
  dataset.directory = place.string();
  // Fashion-MNIST counts as the same data set if it is stored in arrays, so it gets the hashes of its IDX
  // files.
  if (is_fashion_mnist_in_arrays(dataset.sha256))
    std::ranges::copy(kFashionMnistHashes, dataset.sha256.begin());
  const std::optional<std::size_t> other = first_other(dataset.sha256);
  dataset.is_fashion_mnist = !other;
  if (dataset.is_fashion_mnist && classes.names.empty()) {
    std::ranges::copy_n(kFashionMnistClasses.begin(),
                        std::min<std::ptrdiff_t>(std::ssize(kFashionMnistClasses), dataset.classes),
                        dataset.class_names.begin());
  }
  *remarks = {};
  remarks->warnings = label_remarks(dataset, label_file, unit);
  std::ranges::copy(warnings, std::back_inserter(remarks->warnings));
  if (!other) return dataset;
  remarks->notice = fmt::format("{}, {} classes", notice, dataset.classes);
  if (is_called_fashion_mnist(place)) {
    remarks->warnings.insert(
        remarks->warnings.begin(),
        fmt::format("{}: not Fashion-MNIST (sha256 {}...), although its folder is named so", names[*other],
                    dataset.sha256[*other].substr(0, 12)));
  }
  return dataset;
}

/// Returns readers of arrays that stay in the caller's memory.
SplitArrays readers_of(const DataArray& inputs, const DataArray& labels) {
  const auto reader = [](const DataArray& array) {
    return borrowed_array(array.name, array.format, array.shape, array.bytes, array.sha256);
  };
  return {reader(inputs), reader(labels)};
}

}  // namespace

Dataset make_dataset(const DataArrays& arrays, const std::string& place, DataRemarks* remarks,
                     const ClassSpec& classes, const DataSettings& settings) {
  ArrayFiles files;
  files[Split::kTrain] = readers_of(arrays.x_train, arrays.y_train);
  files[Split::kTest] = readers_of(arrays.x_test, arrays.y_test);
  if (arrays.x_valid && arrays.y_valid) {
    files[Split::kValidation] = readers_of(*arrays.x_valid, *arrays.y_valid);
  }
  return describe(std::move(files), DataKind::kNpy, place, remarks, classes, settings, nullptr);
}

Dataset load_dataset(const std::filesystem::path& place, DataRemarks* remarks, const ClassSpec& classes,
                     const DataSettings& settings, const Standardization* kept) {
  const DataKind kind = look_for_data(place).kind;
  return describe(open_data(place, kind, settings, classes), kind, place, remarks, classes, settings, kept);
}

}  // namespace gpu_sweep
