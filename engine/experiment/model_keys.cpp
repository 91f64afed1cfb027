#include "engine/experiment/model_keys.h"

namespace gpu_sweep {
namespace {

const std::string kHiddenExpected = "an array of layer widths such as [256, 128]";

void set_hidden(ModelDraft& draft, const TomlItem& item) {
  const std::vector<TomlItem> widths = elements_of(item, kHiddenExpected);
  if (widths.size() > kMaxHiddenLayers) {
    fail(item, std::to_string(widths.size()) + " layers", "at most " + std::to_string(kMaxHiddenLayers));
  }
  draft.spec.hidden.clear();
  for (const TomlItem& width : widths) {
    draft.spec.hidden.push_back(static_cast<int>(read_integer(width, kWidthRange)));
  }
  draft.has_hidden = true;
}

}  // namespace

void set_model_key(ModelDraft& draft, const TomlItem& item) {
  ModelSpec& model = draft.spec;
  if (item.key == "hidden") set_hidden(draft, item);
  if (item.key == "activation") model.activation = read_name(item, parse_activation, activation_names());
  if (item.key == "dropout") model.dropout = read_number(item, NumberRange::kFraction);
  if (item.key == "optimizer") draft.optimizer.set(item);
  if (item.key == "batch_size") model.batch_size = static_cast<int>(read_integer(item, kBatchRange));
  if (item.key == "epochs") model.epochs = static_cast<int>(read_integer(item, kEpochsRange));
  if (item.key == "shuffle") model.shuffle = read_bool(item);
}

std::string hidden_text(const std::vector<int>& hidden) {
  std::string text;
  for (const int width : hidden) {
    if (!text.empty()) text += '-';
    text += std::to_string(width);
  }
  return text.empty() ? "none" : text;
}

}  // namespace gpu_sweep
