#include "gpu_sweep/load_dataset.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
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

/// Returns the index of the first file that differs from Fashion-MNIST, if there is one.
std::optional<std::size_t> first_other(const std::array<std::string, 4>& sha256) {
  for (std::size_t i = 0; i < sha256.size(); ++i) {
    if (sha256[i] != kFashionMnistHashes[i]) return i;
  }
  return std::nullopt;
}

/// Reads the arrays and describes them.
Dataset describe(ArrayFiles files, DataKind kind, const std::filesystem::path& place, DataRemarks* remarks,
                 const ClassSpec& classes, const DataSettings& settings, const Standardization* kept) {
  const ArrayReader& train = *files[Split::kTrain].inputs;
  const std::string notice =
      fmt::format("{}: {} + {} {} of {}", place.string(), train.rows(), files[Split::kTest].inputs->rows(),
                  train.has_images() ? "images" : "rows",
                  train.has_images() ? train.row_text() : fmt::format("{} values", train.elements_of_row()));
  const std::string label_file = files[Split::kTrain].labels->name();
  const std::array names = {train.name(), label_file, files[Split::kTest].inputs->name(),
                            files[Split::kTest].labels->name()};
  Dataset dataset = read_dataset(std::move(files), kind, classes, settings, kept);
  dataset.directory = place.string();
  const std::optional<std::size_t> other = first_other(dataset.sha256);
  dataset.is_fashion_mnist = !other;
  if (dataset.is_fashion_mnist && classes.names.empty()) {
    std::ranges::copy_n(kFashionMnistClasses.begin(),
                        std::min<std::ptrdiff_t>(std::ssize(kFashionMnistClasses), dataset.classes),
                        dataset.class_names.begin());
  }
  *remarks = {};
  remarks->warnings = label_remarks(dataset, label_file);
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

/// Returns a reader of an array that stays in its owner's memory.
std::unique_ptr<ArrayReader> reader_of(const DataArray& array, bool images) {
  const auto size = [](int count) { return static_cast<std::uint64_t>(count); };
  std::vector<std::uint64_t> shape = {size(array.rows)};
  if (images) shape.insert(shape.end(), {size(array.height), size(array.width)});
  return borrowed_array(array.name, {ElementType::kU8}, std::move(shape), array.values, array.sha256);
}

}  // namespace

Dataset make_dataset(const DataArrays& arrays, const std::string& place, DataRemarks* remarks,
                     const ClassSpec& classes) {
  ArrayFiles files;
  files[Split::kTrain] = {reader_of(arrays[0], true), reader_of(arrays[1], false)};
  files[Split::kTest] = {reader_of(arrays[2], true), reader_of(arrays[3], false)};
  return describe(std::move(files), DataKind::kIdx, place, remarks, classes, {}, nullptr);
}

Dataset load_dataset(const std::filesystem::path& place, DataRemarks* remarks, const ClassSpec& classes,
                     const DataSettings& settings, const Standardization* kept) {
  const DataKind kind = look_for_data(place).kind;
  return describe(open_data(place, kind, settings, classes), kind, place, remarks, classes, settings, kept);
}

}  // namespace gpu_sweep
