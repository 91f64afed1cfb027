#include "engine/experiment/grid.h"

#include <algorithm>

#include "engine/experiment/key_places.h"
#include "engine/experiment/model_keys.h"

namespace gpu_sweep {
namespace {

const std::string kAxisExpected = "an array of values to try, such as [0.1, 0.01]";

GridAxis read_axis(TomlItem item, bool is_scalar) {
  std::vector<TomlItem> values = elements_of(item, kAxisExpected);
  if (values.empty()) fail(item, describe(*item.value), kAxisExpected);
  return {std::move(item), is_scalar, std::move(values)};
}

/// Returns a value in the form in which it appears in a model's name.
std::string value_text(const toml::node& value) {
  if (const toml::array* array = value.as_array()) {
    std::string text;
    for (const toml::node& element : *array) {
      if (!text.empty()) text += '-';
      text += value_text(element);
    }
    return text.empty() ? "none" : text;
  }
  if (const toml::table* table = value.as_table()) {
    std::string text;
    for (const TomlItem& item : items_of(*table, "", "")) {
      if (!text.empty()) text += ' ';
      text += item.key + "=" + value_text(*item.value);
    }
    return "{" + text + "}";
  }
  if (const toml::value<std::string>* text = value.as_string()) return text->get();
  return describe(value);
}

void apply_value(ModelDraft& draft, const GridAxis& axis, const TomlItem& value) {
  if (axis.is_scalar) {
    draft.optimizer.set_scalar(value);
  } else {
    set_model_key(draft, value);
  }
}

}  // namespace

std::vector<GridAxis> read_grid(const TomlItem& grid) {
  std::vector<std::string> known = model_keys();
  const std::vector<std::string> scalars = optimizer_scalar_keys();
  known.insert(known.end(), scalars.begin(), scalars.end());
  constexpr std::string_view kPrefix = "optimizer.";

  std::vector<GridAxis> axes;
  for (TomlItem& item : items_of(read_table(grid, "a table of arrays"), grid.file, grid.path)) {
    if (item.key == "optimizer" && item.value->is_table()) {
      for (TomlItem& scalar : items_of(*item.value->as_table(), item.file, item.path)) {
        check_place(scalar, KeyPlace::kOptimizer, scalars);
        axes.push_back(read_axis(std::move(scalar), true));
      }
      continue;
    }
    if (item.key.starts_with(kPrefix)) item.key.erase(0, kPrefix.size());
    check_place(item, KeyPlace::kGrid, known);
    const bool is_scalar = std::ranges::find(scalars, item.key) != scalars.end();
    axes.push_back(read_axis(std::move(item), is_scalar));
  }
  for (std::size_t i = 0; i < axes.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      if (axes[i].item.key == axes[j].item.key) fail(axes[i].item, "the key twice", "it once");
    }
  }
  return axes;
}

std::vector<ModelDraft> apply_grid(const std::vector<ModelDraft>& drafts, const std::vector<GridAxis>& axes) {
  std::size_t combinations = 1;
  for (const GridAxis& axis : axes) {
    if (axis.values.size() > kMaxModels / combinations / std::max<std::size_t>(drafts.size(), 1)) {
      fail(axis.item, "more than " + std::to_string(kMaxModels) + " models in all",
           "at most " + std::to_string(kMaxModels));
    }
    combinations *= axis.values.size();
  }

  std::vector<ModelDraft> models;
  for (const ModelDraft& draft : drafts) {
    for (std::size_t combination = 0; combination < combinations; ++combination) {
      std::vector<std::size_t> chosen(axes.size());
      std::size_t rest = combination;
      for (std::size_t a = axes.size(); a-- > 0; rest /= axes[a].values.size()) {
        chosen[a] = rest % axes[a].values.size();
      }
      ModelDraft model = draft;
      for (std::size_t a = 0; a < axes.size(); ++a) {
        const TomlItem& value = axes[a].values[chosen[a]];
        model.spec.name += ", " + axes[a].item.key + "=" + value_text(*value.value);
      }
      // The optimizer's scalars come last, because the optimizer determines which ones exist.
      for (const bool scalars : {false, true}) {
        for (std::size_t a = 0; a < axes.size(); ++a) {
          if (axes[a].is_scalar == scalars) apply_value(model, axes[a], axes[a].values[chosen[a]]);
        }
      }
      models.push_back(std::move(model));
    }
  }
  return models;
}

}  // namespace gpu_sweep
