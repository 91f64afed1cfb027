#include "engine/sweep/model_keys.h"

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

void set_optimiser(OptimiserSpec& optimiser, const TomlItem& item) {
  const std::string expected = list_of(optimiser_names()) + ", or a table with such a name";
  if (item.value->is_string()) {
    optimiser = OptimiserSpec::with_defaults(read_name(item, parse_optimiser, optimiser_names()));
    return;
  }
  const std::vector<TomlItem> items = items_of(read_table(item, expected), item.file, item.path);
  for (const TomlItem& part : items) {
    if (part.key != "name") continue;
    optimiser = OptimiserSpec::with_defaults(read_name(part, parse_optimiser, optimiser_names()));
  }
  for (const TomlItem& part : items) {
    if (part.key == "name") continue;
    std::vector<std::string> known = {"name"};
    for (const OptimiserScalar& scalar : optimiser_scalars(optimiser.kind)) known.emplace_back(scalar.key);
    check_known(part, known);
    set_optimiser_scalar(optimiser, part);
  }
}

}  // namespace

const std::vector<std::string>& model_keys() {
  static const std::vector<std::string> keys = {"hidden",     "activation", "dropout", "optimizer",
                                                "batch_size", "epochs",     "shuffle"};
  return keys;
}

void set_model_key(ModelDraft& draft, const TomlItem& item) {
  check_known(item, model_keys());
  ModelSpec& model = draft.spec;
  if (item.key == "hidden") set_hidden(draft, item);
  if (item.key == "activation") model.activation = read_name(item, parse_activation, activation_names());
  if (item.key == "dropout") model.dropout = read_number(item, NumberRange::kFraction);
  if (item.key == "optimizer") set_optimiser(model.optimiser, item);
  if (item.key == "batch_size") model.batch_size = static_cast<int>(read_integer(item, kBatchRange));
  if (item.key == "epochs") model.epochs = static_cast<int>(read_integer(item, kEpochsRange));
  if (item.key == "shuffle") model.shuffle = read_bool(item);
}

void set_optimiser_scalar(OptimiserSpec& optimiser, const TomlItem& item) {
  std::vector<std::string> known;
  for (const OptimiserScalar& scalar : optimiser_scalars(optimiser.kind)) {
    if (item.key == scalar.key) {
      optimiser.*scalar.value = read_number(item, scalar.range);
      return;
    }
    known.emplace_back(scalar.key);
  }
  check_known(item, known);
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
