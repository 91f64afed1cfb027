#include "apps/gpu_sweep/flags/model.h"

#include <algorithm>
#include <span>

#include "apps/gpu_sweep/flags/flags.h"
#include "engine/experiment/contradictions.h"
#include "engine/experiment/early_stopping_keys.h"
#include "engine/experiment/model_keys.h"
#include "engine/experiment/schedule_keys.h"
#include "engine/experiment/varied_sources.h"

namespace gpu_sweep {
namespace {

/// Returns the first scalar with this key. The range is the same for all optimizers that have the scalar.
const OptimizerScalar& scalar_of(const std::string& key) {
  for (const OptimizerKind kind : kOptimizers) {
    for (const OptimizerScalar& scalar : optimizer_scalars(kind)) {
      if (key == scalar.key) return scalar;
    }
  }
  throw std::invalid_argument("no optimizer has " + key);
}

std::string flag_of(std::string key) {
  std::ranges::replace(key, '_', '-');
  return "--" + key;
}

void set_scalar(OptimizerSpec& optimizer, const std::string& flag, const std::string& key, double value) {
  std::vector<std::string> known;
  for (const OptimizerScalar& scalar : optimizer_scalars(optimizer.kind)) {
    if (key == scalar.key) {
      optimizer.*scalar.value = value;
      return;
    }
    known.push_back(flag_of(scalar.key));
  }
  throw Error(ExitCode::kUsage, flag + ": not a hyper-parameter of " + to_string(optimizer.kind) +
                                    ", which has " + list_of(known));
}

/// How --help shows the flag of a model key: the placeholder of its value, and its description.
struct FlagText {
  std::string type_name;
  std::string help;
};

std::string with_default(const std::string& help, const std::string& value) {
  return help + " (default " + value + ")";
}

FlagText flag_text(const char* help, const std::vector<int>&) { return {"N,N,...", help}; }
FlagText flag_text(const char* help, double value) { return {"X", with_default(help, setting_text(value))}; }
FlagText flag_text(const char* help, int value) { return {"N", with_default(help, setting_text(value))}; }
FlagText flag_text(const char* help, bool) { return {"on|off", help}; }
FlagText flag_text(const std::vector<std::string>& names, const char* value) {
  return {choice_of(names), with_default(list_of(names), value)};
}
FlagText flag_text(const char*, Activation value) { return flag_text(activation_names(), to_string(value)); }
FlagText flag_text(const char*, const OptimizerSpec& value) {
  return flag_text(optimizer_names(), to_string(value.kind));
}
FlagText flag_text(const char* help, const ClassWeights&) { return {"balanced|none|X,X,...", help}; }
FlagText flag_text(const char* help, const VariedSources&) { return {"SOURCE,...", help}; }
FlagText flag_text(const char*, const EarlyStoppingSpec&) {
  return {"MONITOR,KEY=X,...",
          list_of(monitor_names()) +
              ", followed by settings such as validation_loss,patience=5,restore_best=on "
              "(default none)"};
}
FlagText flag_text(const char*, const ScheduleSpec&) {
  return {"KIND,KEY=X,...", "of the learning rate: " + list_of(schedule_names()) +
                                ", followed by settings such as cosine,warmup=5 (default constant)"};
}

/// Returns the enum value whose name is `text`. `parse` converts a valid name; `names` are all valid names,
/// which the error lists. Throws Error(kUsage) for any other text.
template <typename Enum>
Enum parse_name_flag(const std::string& flag, const std::string& text,
                     std::optional<Enum> (*parse)(std::string_view), const std::vector<std::string>& names) {
  const std::optional<Enum> value = parse(text);
  if (!value) fail_name(flag, text, names);
  return *value;
}

/// Returns the words between commas or blanks. Blanks around a comma or an equals sign have no meaning.
std::vector<std::string> words_of(const std::string& text) {
  std::vector<std::string> words(1);
  bool blank = false;     // whether a blank precedes
  bool separated = true;  // whether a comma, '=' or the start precedes, so a blank means nothing
  for (const char c : text) {
    if (c == ' ') {
      blank = true;
      continue;
    }
    const bool joins = separated || c == ',' || c == '=';
    if (c == ',' || (blank && !joins)) words.emplace_back();
    if (c != ',') words.back() += c;
    separated = c == ',' || c == '=';
    blank = false;
  }
  return words;
}

struct StatedKey {
  std::string word;   ///< "patience=3"
  std::string key;    ///< "patience"
  std::string value;  ///< "3"; empty if nothing is stated
};

/// Returns the settings that follow a name. Throws Error(kUsage) if a setting is stated twice.
std::vector<StatedKey> stated_keys(const std::string& flag, std::span<const std::string> words) {
  std::vector<StatedKey> all;
  for (const std::string& word : words) {
    const std::size_t equals = std::min(word.find('='), word.size());
    StatedKey one{word, word.substr(0, equals), word.substr(std::min(equals + 1, word.size()))};
    if (std::ranges::find(all, one.key, &StatedKey::key) != all.end()) {
      throw Error(ExitCode::kUsage,
                  flag + ": found " + shown_text(one.key) + " twice, expected each setting once");
    }
    all.push_back(std::move(one));
  }
  return all;
}

/// Each overload of parse sets `value` to what `text` states.
void parse(const std::string& flag, const std::string& text, const IntegerRange&, std::vector<int>& value) {
  value = parse_widths_flag(flag, text);
}
void parse(const std::string& flag, const std::string& text, EveryValue, Activation& value) {
  value = parse_name_flag(flag, text, parse_activation, activation_names());
}
void parse(const std::string& flag, const std::string& text, NumberRange range, double& value) {
  value = parse_number_flag(flag, text, range);
}
void parse(const std::string& flag, const std::string& text, EveryValue, OptimizerSpec& value) {
  value = OptimizerSpec::with_defaults(parse_name_flag(flag, text, parse_optimizer, optimizer_names()));
}
void parse(const std::string& flag, const std::string& text, NumberRange range, ClassWeights& value) {
  value = {text == "balanced", {}};
  if (value.balanced || text == "none") return;
  for (const std::string& word : words_of(text)) value.values.push_back(parse_number_flag(flag, word, range));
  if (!fault_in(value).empty()) fail_flag(flag, text, "balanced, none, or weights such as 1,1,2.5");
}
void parse(const std::string& flag, const std::string& text, EveryValue, EarlyStoppingSpec& value) {
  const std::vector<std::string> words = words_of(text);
  value = {};
  const Monitor monitor = parse_name_flag(flag, words[0], parse_monitor, monitor_names());
  for (const auto& [word, key, stated] : stated_keys(flag, std::span(words).subspan(1))) {
    const std::string own = flag + " " + key;
    if (monitor == Monitor::kNone) fail_flag(flag, text, "none alone, or a monitor before the settings");
    if (key == "patience") {
      value.patience = static_cast<int>(parse_integer_flag(own, stated, kEpochsRange));
    } else if (key == "min_delta") {
      value.min_delta = parse_number_flag(own, stated, NumberRange::kNotNegative);
    } else if (key == "restore_best") {
      value.restore_best = stated == "true" || (stated != "false" && parse_switch_flag(own, stated));
    } else {
      fail_name(flag, word, {"patience=N", "min_delta=X", "restore_best=on"});
    }
  }
  value.monitor = monitor;
}
void parse(const std::string& flag, const std::string& text, EveryValue, VariedSources& value) {
  value = no_sources();
  for (const std::string& word : words_of(text)) {
    if (!add_source(value, word).empty()) {
      fail_flag(flag, text, "one or more of " + list_of(source_names()) + ", each once");
    }
  }
}
void parse(const std::string& flag, const std::string& text, EveryValue, ScheduleSpec& value) {
  const std::vector<std::string> words = words_of(text);
  value = ScheduleSpec::with_defaults(parse_name_flag(flag, words[0], parse_schedule, schedule_names()));
  const std::vector<ScheduleScalar> scalars = schedule_scalars(value.kind);
  for (const auto& stated : stated_keys(flag, std::span(words).subspan(1))) {
    const std::string own = flag + " " + stated.key;
    if (has_monitor(value.kind) && stated.key == "monitor") {
      value.monitor = parse_name_flag(own, stated.value, parse_monitor, schedule_monitor_names());
      if (value.monitor == Monitor::kNone) fail_name(own, stated.value, schedule_monitor_names());
      continue;
    }
    const auto is_it = [&stated](const ScheduleScalar& one) { return stated.key == one.key; };
    const auto scalar = std::ranges::find_if(scalars, is_it);
    if (scalar == scalars.end() || stated.value.empty()) {
      std::vector<std::string> known;
      if (has_monitor(value.kind)) known.emplace_back("monitor=NAME");
      for (const ScheduleScalar& one : scalars) known.push_back(std::string(one.key) + "=X");
      fail_name(flag, stated.word, known);
    }
    value.*scalar->value = parse_number_flag(own, stated.value, scalar->range);
  }
}
void parse(const std::string& flag, const std::string& text, const IntegerRange& range, int& value) {
  value = static_cast<int>(parse_integer_flag(flag, text, range));
}
void parse(const std::string& flag, const std::string& text, EveryValue, bool& value) {
  value = parse_switch_flag(flag, text);
}

}  // namespace

ModelFlags::ModelFlags(CLI::App& app) {
  for_each_model_key([&](const auto& key) {
    const std::string flag = flag_of(key.name);
    const FlagText shown = flag_text(key.help, model_.*key.value);
    const auto set = [this, flag, key](const std::string& text) {
      parse(flag, text, key.range, model_.*key.value);
      if (key.name == std::string("hidden")) has_hidden_ = true;
    };
    app.add_option_function<std::string>(flag, set, shown.help)->type_name(shown.type_name);
    if (key.name != std::string("optimizer")) return;
    for (const std::string& scalar : optimizer_scalar_keys())
      add_scalar(app, scalar, optimizer_scalar_help(scalar));
  });
}

void ModelFlags::add_scalar(CLI::App& app, const std::string& key, const std::string& help) {
  Scalar& scalar = *scalars_.emplace_back(std::make_unique<Scalar>(Scalar{flag_of(key), key, std::nullopt}));
  add_number_flag(app, scalar.flag, scalar.value, scalar_of(key).range, help);
}

ModelSpec ModelFlags::model() const {
  if (!has_hidden_)
    throw Error(ExitCode::kUsage, "--hidden: missing, expected layer widths such as 256,128, or none");
  ModelSpec model = model_;
  model.name = setting_text(model.hidden);
  for (const auto& scalar : scalars_) {
    if (scalar->value) set_scalar(model.optimizer, scalar->flag, scalar->key, *scalar->value);
  }
  const std::string contradiction = contradiction_in(model);
  if (!contradiction.empty()) throw Error(ExitCode::kUsage, contradiction);
  return model;
}

}  // namespace gpu_sweep
