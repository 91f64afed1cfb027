#include "engine/data/label_remarks.h"

#include <fmt/format.h>

#include <algorithm>

namespace gpu_sweep {
namespace {

using Counts = std::vector<std::size_t>;  ///< [256]

Counts rows_of_classes(const LabelledImages& split) {
  Counts counts(256);
  for (const std::uint8_t label : split.labels) ++counts[label];
  return counts;
}

/// Returns "3 (dress)", or "3" if the name of the class is "3".
std::string class_text(int k, const Dataset& dataset) {
  std::string text = std::to_string(k);
  const std::string& name = dataset.class_names[static_cast<std::size_t>(k)];
  return name == text ? text : text + " (" + name + ")";
}

/// Returns "class 3 (dress)", "classes 3 (dress) and 4 (coat)" or "classes 0, 1, 2, 3, 4 and
/// 7 more".
std::string class_list(const std::vector<int>& classes, const Dataset& dataset) {
  constexpr std::size_t kMostNamed = 5;
  std::string text = classes.size() == 1 ? "class " : "classes ";
  const std::size_t named = std::min(classes.size(), kMostNamed);
  for (std::size_t i = 0; i < named; ++i) {
    if (i != 0) text += i + 1 == classes.size() ? " and " : ", ";
    text += class_text(classes[i], dataset);
  }
  if (named < classes.size()) text += fmt::format(" and {} more", classes.size() - named);
  return text;
}

const char* have(const std::vector<int>& classes) { return classes.size() == 1 ? "has" : "have"; }

}  // namespace

std::vector<std::string> label_remarks(const Dataset& dataset, const std::string& label_file,
                                       const char* unit) {
  std::vector<std::string> lines;
  BySplit<Counts> counts;
  for (const Split split : kAllSplits) counts[index_of(split)] = rows_of_classes(dataset[split]);
  if (dataset.has_split_per_run()) {  // each run divides the training and validation rows anew
    auto& [train, validation, test, judging] = counts;
    for (std::size_t k = 0; k < train.size(); ++k) train[k] = validation[k] += train[k];
  }
  std::vector<int> present, absent;
  for (int k = 0; k < dataset.classes; ++k) {
    const auto has = [k](const Counts& of) { return of[static_cast<std::size_t>(k)] != 0; };
    if (std::any_of(counts.begin(), counts.end(), has)) {
      present.push_back(k);
    } else if (k < dataset.label_classes) {
      absent.push_back(k);
    }
  }
  if (present.size() == 1) {
    return {fmt::format("{}: only one class: every label in all splits is {}", label_file,
                        class_text(present.front(), dataset))};
  }
  if (absent == std::vector{0}) {
    lines.push_back(
        fmt::format("{}: labels from 1 to {}, none is 0: {} outputs are trained, one of them without "
                    "any {}",
                    label_file, dataset.label_classes - 1, dataset.classes, unit));
  } else if (!absent.empty()) {
    lines.push_back(fmt::format("{}: {} {} no {} in any split, though the largest label is {}", label_file,
                                class_list(absent, dataset), have(absent), unit, dataset.label_classes - 1));
  }
  std::string missing;
  for (const Split split : kAllSplits) {
    if (dataset[split].rows == 0) continue;
    std::vector<int> without;
    for (const int k : present) {
      if (counts[index_of(split)][static_cast<std::size_t>(k)] == 0) without.push_back(k);
    }
    if (without.empty()) continue;
    missing += fmt::format("{}{} {} no {} in the {} split", missing.empty() ? "" : "; ",
                           class_list(without, dataset), have(without), unit, to_string(split));
  }
  if (!missing.empty()) lines.push_back(dataset.directory + ": " + missing);
  return lines;
}

}  // namespace gpu_sweep
