#include "engine/data/read_dataset.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>

#include "engine/data/read_labels.h"
#include "engine/data/read_rows.h"
#include "engine/data/sha256.h"
#include "engine/data/shown_text.h"
#include "engine/data/standardize.h"
#include "gpu_sweep/error.h"

namespace gpu_sweep {
namespace {

/// Returns "1 image" or "3 rows".
std::string counted_rows(const ArrayReader& array) {
  return fmt::format("{} {}{}", array.rows(), array.unit(), array.rows() == 1 ? "" : "s");
}

void check_sizes(const ArrayFiles& files) {
  const ArrayReader& train = *files[Split::kTrain].inputs;
  for (const Split split : kAllSplits) {
    const SplitArrays& arrays = files[split];
    if (!arrays.inputs) continue;
    if (arrays.labels->rows() != arrays.inputs->rows()) {
      refuse_data(arrays.labels->name(),
                  fmt::format("{} labels, expected {}, one for each {} of {}", arrays.labels->rows(),
                              arrays.inputs->rows(), train.unit(), arrays.inputs->name()));
    }
  }
  if (train.rows() < 2) {
    const bool is_single = files[Split::kTest].inputs->name() == train.name();  // one table for both splits
    refuse_data(train.name(),
                fmt::format("{}{}, expected at least 2{}", counted_rows(train),
                            is_single ? " besides those held out for the test" : "",
                            files[Split::kValidation].inputs ? "" : ": one is held out for validation"));
  }
  for (const Split split : {Split::kTest, Split::kValidation}) {
    if (!files[split].inputs) continue;
    const ArrayReader& other = *files[split].inputs;
    if (other.row_text() != train.row_text()) {
      refuse_data(other.name(), fmt::format("{}s of {}, expected {} as in {}", train.unit(), other.row_text(),
                                            train.row_text(), train.name()));
    }
    const bool bytes = other.format().type == ElementType::kU8;
    if (bytes != (train.format().type == ElementType::kU8)) {
      refuse_data(other.name(),
                  fmt::format("values of {}, expected {} as in {}", to_string(other.format().type),
                              to_string(train.format().type), train.name()));
    }
  }
}

/// The labels of a split, and the name of their file.
struct NamedLabels {
  std::string file;
  Labels labels;
};
/// By split, of the files. Validation is empty if it is taken from training rows.
using AllLabels = std::array<NamedLabels, kBasicSplits.size()>;

/// Throws Error(kData) if one-hot labels have more columns than there are classes.
void check_one_hot(const NamedLabels& of, int classes, const std::string& why) {
  if (of.labels.columns <= classes) return;
  refuse_data(of.file, fmt::format("one-hot labels of {} columns, expected at most {}{}", of.labels.columns,
                                   classes, why));
}

void check_labels(const NamedLabels& of, int classes, const std::string& why) {
  const std::vector<std::uint8_t>& labels = of.labels.values;
  const auto bad = std::find_if(labels.begin(), labels.end(), [=](int label) { return label >= classes; });
  if (bad != labels.end()) {
    refuse_data(of.file, fmt::format("label {} at row {}, expected 0 to {}{}", *bad, bad - labels.begin(),
                                     classes - 1, why));
  }
}

/// Returns the number of classes that the training labels imply.
int count_classes(const Labels& labels) { return 1 + *std::ranges::max_element(labels.values); }

/// Returns the number of classes. `names` are the class names that the files state. Throws Error(kData) if a
/// label does not fit.
int choose_classes(const AllLabels& labels, const ClassSpec& spec, const std::vector<std::string>& names) {
  if (spec.count) {
    const std::string why = spec.names.empty()
                                ? fmt::format(", because classes is {}", *spec.count)
                                : fmt::format(", because class_names has {} names", *spec.count);
    for (const NamedLabels& each : labels) {
      check_one_hot(each, *spec.count, why);
      check_labels(each, *spec.count, why);
    }
    return *spec.count;
  }
  const NamedLabels& train = labels[index_of(Split::kTrain)];
  const int classes =
      std::max({count_classes(train.labels), train.labels.columns, static_cast<int>(names.size())});
  if (classes < 2) {
    refuse_data(train.file, fmt::format("every label is {}, expected at least two classes",
                                        names.empty() ? "0" : shown_text(names.front())));
  }
  for (const NamedLabels& each : labels) {
    check_one_hot(each, classes, ", as in the training labels");
    check_labels(each, classes, ", as in the training labels");
  }
  return classes;
}

/// Returns the names of `classes` classes: the given names, and the number of each class that has no name.
std::vector<std::string> names_of(std::vector<std::string> given, int classes) {
  while (given.size() < static_cast<std::size_t>(classes)) given.push_back(std::to_string(given.size()));
  return given;
}

/// Returns the settings that differ from the defaults for this data. Throws Error(kUsage) for settings that
/// do not fit the data.
DataSettings effective(const DataSettings& settings, const ArrayFiles& files, DataKind kind) {
  DataSettings result = settings;
  const auto refuse = [](const std::string& line) { throw Error(ExitCode::kUsage, line); };
  const ArrayReader& train = *files[Split::kTrain].inputs;
  const bool bytes = train.format().type == ElementType::kU8;
  if (result.normalize == Normalize::kScale && !bytes) {
    refuse(
        fmt::format("normalize: found \"scale\" for {} of {}, expected \"standardize\" or \"none\" (scale "
                    "divides bytes by 255)",
                    to_string(train.format().type), train.name()));
  }
  if (result.normalize == (bytes ? Normalize::kScale : Normalize::kNone)) result.normalize.reset();
  if (files[Split::kValidation].inputs && result.validation) {
    refuse(fmt::format("validation: found {}, expected no such key, because there is {}",
                       result.validation->is_none() ? "none" : "a share of rows",
                       files[Split::kValidation].inputs->name()));
  }
  if (result.split == SplitPolicy::kPerRun) {
    const std::string found = "split: found \"per_run\" ";
    if (files[Split::kValidation].inputs) {
      refuse(found + "with validation rows of their own in " + files[Split::kValidation].inputs->name() +
             ", expected \"shared\"");
    }
    if (result.validation == kNoRows) {
      refuse(found + "with validation = \"none\", expected rows held out for validation");
    }
    if (result.judge) {
      refuse(found + "with judge, expected \"shared\": the judging rows are the same for every run");
    }
    if (result.normalize == Normalize::kStandardize) {
      refuse(found +
             "with normalize = \"standardize\", expected \"shared\": every run would need a mean and a "
             "deviation of its own training rows");
    }
  }
  if (result.validation == HoldOut{}) result.validation.reset();
  if (kind != DataKind::kTable && (result.test || !result.target.empty())) {
    refuse(fmt::format("{}: found a value, expected none, because {} is no table",
                       result.test ? "test" : "target", train.name()));
  }
  if (result.test == HoldOut{}) result.test.reset();
  return result;
}

/// Combines the hash of a file with the hash of a second file that belongs to it.
std::string both(const std::string& hash, const std::string& other) {
  return other.empty() ? hash : sha256_hex(hash + other);
}

void standardize_all(Dataset& dataset, const ArrayFiles& files, const Standardization* kept) {
  if (kept != nullptr && kept->mean.size() != static_cast<std::size_t>(dataset.features())) {
    refuse_data(files[Split::kTrain].inputs->name(),
                fmt::format("rows of {} values, expected {} as the weights have means", dataset.features(),
                            kept->mean.size()));
  }
  dataset.standardization =
      kept != nullptr ? *kept : standardization_of(dataset[Split::kTrain], dataset.features());
  for (const Split split : kAllSplits) {
    const bool own = files[split].inputs != nullptr;
    standardize(
        dataset[split], *dataset.standardization,
        fmt::format("{} ({} split)", files[own ? split : Split::kTrain].inputs->name(), to_string(split)));
  }
}

}  // namespace

Dataset read_dataset(ArrayFiles files, DataKind kind, const ClassSpec& classes, const DataSettings& settings,
                     const Standardization* kept) {
  check_sizes(files);
  Dataset dataset;
  dataset.settings = effective(settings, files, kind);
  const ArrayReader& train = *files[Split::kTrain].inputs;
  const bool has_validation = files[Split::kValidation].inputs != nullptr;
  dataset.height = train.has_images() ? static_cast<int>(train.shape()[1]) : 1;
  dataset.width = static_cast<int>(train.elements_of_row()) / dataset.height;
  const bool bytes = train.format().type == ElementType::kU8;
  if (!bytes || dataset.settings.normalize == Normalize::kStandardize) {
    dataset.inputs = {InputType::kF32, 1.0f};
  } else if (dataset.settings.normalize == Normalize::kNone) {
    dataset.inputs.scale = 1.0f;
  }

  AllLabels labels;
  for (const Split split : kBasicSplits) {
    if (!files[split].labels) continue;
    labels[index_of(split)] = {files[split].labels->name(), read_labels(*files[split].labels)};
  }
  auto& [train_labels, own_labels, test_labels] = labels;
  dataset.classes = choose_classes(labels, classes, files.class_names);
  dataset.label_classes = count_classes(train_labels.labels);
  dataset.sha256[1] = both(train_labels.labels.sha256, own_labels.labels.sha256);
  dataset.sha256[3] = test_labels.labels.sha256;
  dataset.class_names = names_of(classes.names.empty() ? files.class_names : classes.names, dataset.classes);

  std::string own_hash;
  if (dataset.has_split_per_run()) {
    dataset.sha256[0] = read_pool(*files[Split::kTrain].inputs, dataset, train_labels.labels.values,
                                  dataset.settings.validation.value_or(HoldOut{}));
  } else {
    std::optional<HoldOut> validation = dataset.settings.validation.value_or(HoldOut{});
    if (has_validation || validation == kNoRows) validation.reset();
    dataset.sha256[0] =
        read_divided(*files[Split::kTrain].inputs, dataset, train_labels.labels.values, validation);
  }
  if (has_validation) {
    own_hash = read_whole(*files[Split::kValidation].inputs, dataset, Split::kValidation,
                          std::move(own_labels.labels.values));
  }
  dataset.sha256[0] = both(dataset.sha256[0], own_hash);
  dataset.sha256[2] =
      read_whole(*files[Split::kTest].inputs, dataset, Split::kTest, std::move(test_labels.labels.values));
  if (dataset.settings.normalize == Normalize::kStandardize) standardize_all(dataset, files, kept);
  return dataset;
}

}  // namespace gpu_sweep
