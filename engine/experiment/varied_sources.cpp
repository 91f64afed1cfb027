#include "engine/experiment/varied_sources.h"

#include <algorithm>
#include <array>

namespace gpu_sweep {
namespace {

struct Source {
  const char* name;
  bool VariedSources::*varies;
};

constexpr std::array kSources = {Source{"init", &VariedSources::init}, Source{"order", &VariedSources::order},
                                 Source{"dropout", &VariedSources::dropout}};

std::string and_list(const std::vector<std::string>& parts) {
  std::string text;
  for (const std::string& part : parts) text += (text.empty() ? "" : " and ") + part;
  return text;
}

}  // namespace

std::vector<std::string> source_names() { return names_of(VariedSources{}); }

std::vector<std::string> names_of(const VariedSources& sources) {
  std::vector<std::string> names;
  for (const Source& source : kSources) {
    if (sources.*source.varies) names.emplace_back(source.name);
  }
  return names;
}

VariedSources no_sources() { return {false, false, false}; }

std::string add_source(VariedSources& sources, std::string_view name) {
  const auto source =
      std::ranges::find(kSources, name, [](const Source& s) { return std::string_view(s.name); });
  if (source == kSources.end()) return shown_text(name) + did_you_mean(std::string(name), source_names());
  if (sources.*source->varies) return shown_text(name) + " twice";
  sources.*source->varies = true;
  return "";
}

VariedSources read_varied_sources(const TomlItem& item) {
  const std::string expected = "an array of one or more of " + list_of(source_names()) + ", each once";
  VariedSources sources = no_sources();
  for (const TomlItem& name : elements_of(item, expected)) {
    const std::string wrong = add_source(sources, read_text(name, expected));
    if (!wrong.empty()) fail(name, wrong, expected);
  }
  if (sources == no_sources()) fail(item, "an empty array", expected);
  return sources;
}

std::string fault_in_sources(const ModelSpec& model) {
  const VariedSources& vary = model.vary;
  const bool drops = model.dropout > 0 && !model.hidden.empty();
  if (vary.init || (vary.order && model.shuffle) || (vary.dropout && drops)) return "";
  std::vector<std::string> reasons;
  if (vary.order) reasons.emplace_back("shuffle is off");
  if (vary.dropout) reasons.emplace_back(model.hidden.empty() ? "no layer is hidden" : "dropout is 0");
  return "vary: found " + and_list(names_of(vary)) + ", but " + and_list(reasons) +
         ": every run would be the same, expected a source from which the model draws, such as init";
}

}  // namespace gpu_sweep
