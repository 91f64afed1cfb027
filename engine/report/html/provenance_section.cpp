// The section on provenance: where the numbers come from.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "engine/experiment/model_keys.h"
#include "engine/report/html/escape.h"
#include "engine/report/html/sections.h"
#include "engine/statistics/sampling_error.h"
#include "engine/statistics/wording.h"

namespace gpu_sweep {
namespace {

std::string entry(const std::string& term, const std::string& value) {
  return "<dt>" + term + "</dt><dd>" + escape_html(value) + "</dd>\n";
}

std::string optimizer(const OptimizerSpec& spec) {
  const OptimizerSpec usual = OptimizerSpec::with_defaults(spec.kind);
  std::string text = fmt::format("{}, learning rate {}", to_string(spec.kind), spec.learning_rate);
  for (const OptimizerScalar& scalar : optimizer_scalars(spec.kind)) {
    if (scalar.value == &OptimizerSpec::learning_rate || spec.*scalar.value == usual.*scalar.value) continue;
    text += fmt::format(", {} {}", scalar.key, spec.*scalar.value);
  }
  return text;
}

template <class T>
std::string setting_td(const T& value) {
  return "<td>" + setting_text(value) + "</td>";
}

std::string text_td(const std::string& text) { return "<td class=\"text\">" + text + "</td>"; }

std::string setting_td(const std::vector<int>& hidden) {
  return text_td(hidden.empty() ? "none" : fmt::format("{}", fmt::join(hidden, " ")));
}

std::string setting_td(const ClassWeights& weights) { return text_td(setting_text(weights)); }

std::string setting_td(const EarlyStoppingSpec& stopping) { return text_td(setting_text(stopping)); }

std::string setting_td(const VariedSources& sources) { return text_td(setting_text(sources)); }

std::string setting_td(const ScheduleSpec& schedule) { return text_td(setting_text(schedule)); }

std::string setting_td(const OptimizerSpec& spec) { return text_td(optimizer(spec)); }

std::string spaced(std::string key) {
  std::ranges::replace(key, '_', ' ');
  return key;
}

std::string model_table(const Experiment& experiment) {
  std::string head = "<th scope=\"col\">model</th>";
  // A key that a later version added has no column if no model sets it.
  const auto unsaid = [&experiment](const auto& key) {
    return std::ranges::all_of(experiment.models, [&key](const ModelSpec& m) { return key.is_unsaid(m); });
  };
  for_each_model_key([&](const auto& key) {
    if (unsaid(key)) return;
    const std::string name = key.name;
    const bool is_text = name == "hidden" || name == "optimizer" || name == "schedule" ||
                         name == "class_weights" || name == "early_stopping" || name == "vary";
    head += fmt::format("<th{} scope=\"col\">{}</th>", is_text ? " class=\"text\"" : "", spaced(name));
  });
  std::string rows;
  for (const ModelSpec& model : experiment.models) {
    rows += "<tr><th scope=\"row\">" + html_name(model.name) + "</th>";
    for_each_model_key([&](const auto& key) {
      if (!unsaid(key)) rows += setting_td(model.*key.value);
    });
    rows += "</tr>\n";
  }
  return "<div class=\"scroll\"><table><caption>Models</caption>\n<thead><tr>" + head +
         "</tr></thead>\n<tbody>\n" + rows + "</tbody></table></div>\n";
}

std::string shape_text(const Provenance& provenance) {
  return provenance.height == 1 ? fmt::format("rows of {} values", provenance.width)
                                : fmt::format("images of {} x {}", provenance.height, provenance.width);
}

}  // namespace

std::string provenance_section(const ReportAnalysis& analysis) {
  const Experiment& experiment = analysis.stored->experiment;
  const Provenance& provenance = analysis.stored->provenance;
  constexpr std::array kFiles = {"training images", "training labels", "test images", "test labels"};
  std::string html = "<section id=\"provenance\"><h2>Where the numbers come from</h2>\n" +
                     model_table(experiment) + "<dl>\n";
  html += entry("Experiment", fmt::format("{}: {}{} of each of {}, seeds from {}", experiment.name,
                                          experiment.analysis.until_decided ? "at most " : "",
                                          counted(static_cast<std::size_t>(experiment.runs), "run"),
                                          counted(experiment.models.size(), "model"), experiment.seed));
  html += entry("Runs here", fmt::format("{} finished, {} diverged", analysis.runs, analysis.diverged));
  html += entry("Program", "gpu_sweep " + provenance.program_version);
  html += entry("Device", fmt::format("{} ({}), {}", provenance.device_name, provenance.device_kind,
                                      to_string(provenance.precision)));
  if (!provenance.numerics.empty()) html += entry("Matrix products by", provenance.numerics);
  html += entry("Training time", duration_text(analysis.stored->wall_seconds) + " of wall time");
  html += entry("Data", fmt::format("{}: {}, {} classes", provenance.data_directory, shape_text(provenance),
                                    provenance.class_names.size()));
  for (const std::string& line : setting_lines(provenance.data_settings)) html += entry("Data setting", line);
  if (!analysis.models.empty()) {
    const auto images = [&](Split split) {
      return with_thousands(images_of(analysis.models.front(), split));
    };
    const bool judged = analysis.judged.split == Split::kJudging;
    html += entry("Images", fmt::format("{} for training, {} for validation, {}{} for testing",
                                        images(Split::kTrain), images(Split::kValidation),
                                        judged ? images(Split::kJudging) + " for judging, " : "",
                                        images(Split::kTest)));
  }
  for (std::size_t i = 0; i < kFiles.size(); ++i) {
    html += std::string("<dt>SHA-256, ") + kFiles[i] + "</dt><dd><code>" +
            escape_html(provenance.data_sha256[i]) + "</code></dd>\n";
  }
  return html + "</dl>\n</section>\n";
}

}  // namespace gpu_sweep
