#include "engine/experiment/optimizer_draft.h"

#include <algorithm>

#include "engine/experiment/key_places.h"

namespace gpu_sweep {

void OptimizerDraft::choose(OptimizerKind kind) {
  kind_ = kind;
  spelt_out_ = false;
  unmerged_ = OptimizerSpec::with_defaults(kind);
}

void OptimizerDraft::check_key(const TomlItem& item, bool may_be_name) const {
  std::vector<std::string> known;
  if (may_be_name) known.emplace_back("name");
  for (const OptimizerScalar& scalar : optimizer_scalars(kind_)) known.emplace_back(scalar.key);
  const std::vector<std::string> kinds = optimizers_with(item.key);
  if (!kinds.empty() && std::ranges::find(known, item.key) == known.end()) {
    fail(item, "a key of " + list_of(kinds) + ", but the optimizer is " + to_string(kind_), list_of(known));
  }
  check_place(item, KeyPlace::kOptimizer, known);
}

void OptimizerDraft::set(const TomlItem& item) {
  const std::string expected = list_of(optimizer_names()) + ", or a table with such a name";
  if (item.value->is_string()) {
    choose(read_name(item, parse_optimizer, optimizer_names()));
    return;
  }
  const std::vector<TomlItem> items = items_of(read_table(item, expected), item.file, item.path);
  const auto is_name = [](const TomlItem& part) { return part.key == "name"; };
  const auto name = std::ranges::find_if(items, is_name);
  if (name != items.end()) choose(read_name(*name, parse_optimizer, optimizer_names()));
  for (const TomlItem& part : items) {
    if (is_name(part)) continue;
    check_key(part, true);
    set_scalar(part);
  }
  if (name != items.end()) spelt_out_ = items.size() > 1;
}

void OptimizerDraft::set_scalar(const TomlItem& item) {
  check_key(item, false);
  for (const OptimizerScalar& scalar : optimizer_scalars(kind_)) {
    if (item.key != scalar.key) continue;
    Stated stated{scalar, read_number(item, scalar.range),
                  item.file + ":" + std::to_string(item.line) + ": " + item.path};
    unmerged_.*scalar.value = stated.value;
    std::erase_if(stated_, [&item](const Stated& old) { return item.key == old.scalar.key; });
    stated_.push_back(std::move(stated));
  }
}

OptimizerSpec OptimizerDraft::resolved() const {
  OptimizerSpec spec = OptimizerSpec::with_defaults(kind_);
  for (const OptimizerScalar& scalar : optimizer_scalars(kind_)) {
    for (const Stated& stated : stated_) {
      if (stated.scalar.value == scalar.value) spec.*scalar.value = stated.value;
    }
  }
  return spec;
}

std::vector<OptimizerDraft::Stated> OptimizerDraft::without_effect() const {
  std::vector<Stated> unused;
  if (spelt_out_) return unused;
  for (const Stated& stated : stated_) {
    const auto is_it = [&stated](const OptimizerScalar& own) { return own.value == stated.scalar.value; };
    if (std::ranges::none_of(optimizer_scalars(kind_), is_it)) unused.push_back(stated);
  }
  return unused;
}

}  // namespace gpu_sweep
