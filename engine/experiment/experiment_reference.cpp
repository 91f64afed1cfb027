#include "engine/experiment/experiment_reference.h"

#include <fmt/format.h>

#include <array>
#include <set>
#include <span>
#include <stdexcept>

#include "engine/experiment/key_facts.h"

namespace gpu_sweep {
namespace {

struct KeyNote {
  std::string_view place;
  std::string_view key;
  std::string_view text;
  std::string_view source;
};

constexpr std::array kKeyNotes = {
#define GPU_SWEEP_KEY_NOTE(place, key, text, source) KeyNote{#place, #key, text, source},
#include "engine/experiment/key_notes.def"
};

/// What the row of an activation, an optimizer or a schedule says of it.
struct NameNote {
  std::string_view name;
  std::string_view formula;
  std::string_view source;
};

constexpr NameNote kActivationNotes[] = {
#define GPU_SWEEP_ACTIVATION(enumerator, name, Function, needs_input, sign_is_mask, formula, source) \
  {name, formula, source},
#include "gpu_sweep/activations.def"
};

constexpr NameNote kOptimizerNotes[] = {
#define GPU_SWEEP_OPTIMIZER(enumerator, name, Rule, formula, source, ...) {name, formula, source},
#include "gpu_sweep/optimizers.def"
};

constexpr NameNote kScheduleNotes[] = {
#define GPU_SWEEP_SCHEDULE(enumerator, name, formula, source) {name, formula, source},
#include "gpu_sweep/schedules.def"
};

class ReferencePage {
 public:
  void paragraph(const std::string& text) { text_ += text + "\n\n"; }

  void keys(const std::string& place, const std::vector<KeyFacts>& all) {
    text_ += "| key | type | range | default | meaning | source |\n|---|---|---|---|---|---|\n";
    for (const KeyFacts& facts : all) {
      const KeyNote& note = note_of(place, facts.key);
      text_ += fmt::format("| `{}` | {} | {} | {} | {} | {} |\n", facts.key, facts.type, facts.range,
                           facts.fallback, note.text, note.source);
    }
    text_ += '\n';
  }

  void names(std::span<const NameNote> all) {
    text_ += "| name | formula | source |\n|---|---|---|\n";
    for (const NameNote& note : all) {
      text_ += fmt::format("| `{}` | {} | {} |\n", note.name, note.formula, note.source);
    }
    text_ += '\n';
  }

  std::string text() const {
    for (const KeyNote& note : kKeyNotes) {
      if (!used_.contains(&note)) {
        throw std::logic_error(fmt::format("key_notes.def: {} {} is no key", note.place, note.key));
      }
    }
    return text_.substr(0, text_.size() - 1);  // one newline at the end
  }

 private:
  const KeyNote& note_of(std::string_view place, std::string_view key) {
    for (const KeyNote& note : kKeyNotes) {
      if (note.place != place || note.key != key) continue;
      used_.insert(&note);
      return note;
    }
    throw std::logic_error(fmt::format("key_notes.def: no row for {} {}", place, key));
  }

  std::string text_;
  std::set<const KeyNote*> used_;
};

}  // namespace

std::string experiment_reference() {
  ReferencePage page;
  page.paragraph("# Keys of an experiment");
  page.paragraph(
      "<!-- Made by `gpu_sweep --experiment-keys` from the tables of the parser and "
      "engine/experiment/key_notes.def. -->");
  page.paragraph(
      "An experiment is a TOML file ([usage](usage.md#experiments)). This page lists every key with the\n"
      "values that it takes; [what is computed](what_is_computed.md) has the order of the operations, and\n"
      "[your data](data.md) says more about data. In the formulas g is the gradient of a weight w, lr the\n"
      "learning rate, t the number of the step, counted from 1, and z the input of an activation.");
  page.paragraph("## At the top");
  page.keys("top", top_facts());
  page.paragraph(
      "Besides these there are the tables `[defaults]` and `[[model]]`, which take the keys of a model, and\n"
      "`[grid]`, which takes them and those of the optimizer, each with an array of values.");
  page.paragraph("## `validation`, `test` and `judge`");
  page.keys("rows", row_facts());
  page.paragraph("## A model");
  page.paragraph(
      "`train` has a flag for every key: `--batch-size` for `batch_size`, `--learning-rate` for\n"
      "`optimizer.learning_rate`, `--schedule cosine,warmup=5` for a table.");
  page.keys("model", model_facts());
  page.paragraph("## `activation`");
  page.names(kActivationNotes);
  page.paragraph("## `optimizer`");
  page.names(kOptimizerNotes);
  page.keys("optimizer", optimizer_facts());
  page.paragraph("## `schedule`");
  page.paragraph("After the warmup, e epochs later, the learning rate is:");
  page.names(kScheduleNotes);
  page.keys("schedule", schedule_facts());
  page.paragraph("## `early_stopping`");
  page.keys("early_stopping", early_stopping_facts());
  return page.text();
}

}  // namespace gpu_sweep
