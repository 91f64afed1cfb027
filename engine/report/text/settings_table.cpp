#include "engine/report/text/settings_table.h"

#include <algorithm>

#include "engine/experiment/model_keys.h"
#include "engine/report/display_width.h"

namespace gpu_sweep {
namespace {

constexpr int kLineWidth = 100;
constexpr const char* kSeparator = "  ";
constexpr const char* kNone = "-";

using Cells = std::vector<std::string>;

template <typename ValueOf>
SettingsColumn column(const std::string& title, const std::vector<ModelSpec>& models, ValueOf value_of) {
  SettingsColumn column{title, {}};
  for (const ModelSpec& model : models) column.cells.emplace_back(value_of(model));
  return column;
}

std::string scalar_text(const OptimizerSpec& optimizer, const std::string& key) {
  for (const OptimizerScalar& scalar : optimizer_scalars(optimizer.kind)) {
    if (key == scalar.key) return number_text(optimizer.*scalar.value);
  }
  return kNone;
}

bool is_all(const Cells& cells, const std::string& value) {
  return std::ranges::all_of(cells, [&value](const std::string& cell) { return cell == value; });
}

template <class T, class Range>
void add_columns(std::vector<SettingsColumn>& all, const std::vector<ModelSpec>& models,
                 const ModelKey<T, Range>& key) {
  if (std::ranges::all_of(models, [&key](const ModelSpec& m) { return key.is_unsaid(m); })) return;
  all.push_back(column(key.name, models, [&key](const ModelSpec& m) { return setting_text(m.*key.value); }));
}

/// Returns whether the scalar `key` can be omitted for this optimizer. This is the case if the optimizer does
/// not have the scalar, or if a later version added it and it has its default value.
bool is_unsaid(const OptimizerSpec& optimizer, const std::string& key) {
  for (const OptimizerScalar& scalar : optimizer_scalars(optimizer.kind)) {
    if (key == scalar.key) return scalar.is_unsaid(optimizer);
  }
  return true;
}

/// Adds a column for the optimizer's name, and one for each scalar that at least one model must show.
template <class Range>
void add_columns(std::vector<SettingsColumn>& all, const std::vector<ModelSpec>& models,
                 const ModelKey<OptimizerSpec, Range>& key) {
  all.push_back(column(key.name, models, [](const ModelSpec& m) { return to_string(m.optimizer.kind); }));
  for (const std::string& scalar_key : optimizer_scalar_keys()) {
    const auto unsaid = [&scalar_key](const ModelSpec& m) { return is_unsaid(m.optimizer, scalar_key); };
    if (std::ranges::all_of(models, unsaid)) continue;
    all.push_back(column(scalar_key, models,
                         [&scalar_key](const ModelSpec& m) { return scalar_text(m.optimizer, scalar_key); }));
  }
}

/// Returns all settings of the models, in the order used by stores, except keys that a later version added
/// and that no model sets.
std::vector<SettingsColumn> all_settings(const std::vector<ModelSpec>& models) {
  std::vector<SettingsColumn> all;
  for_each_model_key([&](const auto& key) { add_columns(all, models, key); });
  return all;
}

/// "activation relu, dropout 0.2, ..." with line breaks only between settings.
std::string shared_lines(const Cells& shared, const std::string& title) {
  const std::string indent(title.size(), ' ');
  std::string text, line = title;
  for (std::size_t i = 0; i < shared.size(); ++i) {
    const std::string word = shared[i] + (i + 1 < shared.size() ? "," : "");
    if (line.size() + 1 + word.size() > kLineWidth && line.size() > title.size()) {
      text += line + '\n';
      line = indent;
    }
    line += " " + word;
  }
  return text + line + '\n';
}

}  // namespace

std::string settings_table(const std::vector<ModelSpec>& models, const std::vector<SettingsColumn>& columns) {
  if (models.empty()) return "";
  Cells shared;
  std::vector<SettingsColumn> shown = columns;
  for (SettingsColumn& setting : all_settings(models)) {
    if (is_all(setting.cells, setting.cells.front())) {
      shared.push_back(setting.title + " " + setting.cells.front());
    } else {
      shown.push_back(std::move(setting));
    }
  }
  std::string text;
  if (!shared.empty()) {
    text = shared_lines(shared, models.size() == 1 ? "settings:" : "all models:") + '\n';
  }

  std::vector<int> widths;
  for (const SettingsColumn& column : shown) {
    int width = display_width(column.title);
    for (const std::string& cell : column.cells) width = std::max(width, display_width(cell));
    widths.push_back(width);
  }
  for (std::size_t i = 0; i < shown.size(); ++i) text += pad_left(shown[i].title, widths[i]) + kSeparator;
  text += "model\n";
  for (std::size_t m = 0; m < models.size(); ++m) {
    for (std::size_t i = 0; i < shown.size(); ++i)
      text += pad_left(shown[i].cells[m], widths[i]) + kSeparator;
    text += printable(models[m].name) + '\n';
  }
  return text;
}

}  // namespace gpu_sweep
