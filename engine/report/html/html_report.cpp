#include "engine/report/html/html_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "engine/report/html/cells.h"
#include "engine/report/html/embedded.h"
#include "engine/report/html/escape.h"
#include "engine/report/html/sections.h"
#include "engine/report/html/vega.h"
#include "engine/statistics/verdict.h"
#include "engine/statistics/wording.h"

namespace gpu_sweep {
namespace {

/// The content security policy of the page. It forbids all network access: the page uses only its own
/// scripts, styles and inlined images.
constexpr const char* kPolicy =
    "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:";

std::string verdict(const ReportAnalysis& analysis) {
  std::string html = "<p class=\"verdict\">" + escape_html(analysis.differences()) + "</p>\n";
  const std::string& design = analysis.design.beside_verdict();
  if (!design.empty()) html += "<p class=\"verdict\">" + escape_html(design) + "</p>\n";
  std::string more = analysis.choice();
  if (!analysis.models.empty()) {
    const std::size_t chosen = analysis.selection ? analysis.selection->chosen : 0;
    if (analysis.selection || analysis.models.size() == 1) {
      more += (more.empty() ? "" : " ") + test_set_sentence(analysis.models[chosen], analysis.labels());
    }
  }
  if (!more.empty()) html += "<p class=\"verdict\">" + escape_html(more) + "</p>\n";
  return html;
}

std::size_t models_with_runs(const ReportAnalysis& analysis) {
  return static_cast<std::size_t>(
      std::ranges::count_if(analysis.all_models, [](const ModelRuns& model) { return !model.runs.empty(); }));
}

/// Says how many of the runs are here if some are missing. Returns "" if all runs have ended (diverged runs
/// count as ended), and for studies with --until-decided, of which verdict() says what is missing.
std::string unfinished(const ReportAnalysis& analysis) {
  const Experiment& experiment = analysis.stored->experiment;
  if (experiment.analysis.until_decided) return "";
  const std::size_t all = experiment.models.size() * static_cast<std::size_t>(experiment.runs);
  const std::size_t here = analysis.runs + static_cast<std::size_t>(analysis.diverged);
  return here < all ? fmt::format(" · not finished: {} of {} runs are here", here, all) : "";
}

std::string navigation(const ReportAnalysis& analysis) {
  std::string html = "<nav aria-label=\"Sections\"><ul>\n";
  const auto link = [&](const char* id, const char* text) {
    html += fmt::format("<li><a href=\"#{}\">{}</a></li>\n", id, text);
  };
  link("figures", "Final metrics");
  if (!analysis.deciding().empty()) link("differences", "Differences");
  if (analysis.models.size() > 1 || analysis.selection) link("choice", "Choice");
  link("curves", "Learning curves");
  link("mistakes", "Mistakes");
  if (!analysis.calibrations.empty()) link("confidence", "Confidence");
  link("provenance", "Provenance");
  return html + "</ul></nav>\n";
}

std::string specifications() {
  std::string html;
  for (const std::string name : {"confusion", "curves", "differences", "distributions", "reliability"}) {
    const auto spec = nlohmann::ordered_json::parse(embedded_file(name + ".vg.json"));
    html += fmt::format("<script type=\"application/json\" id=\"spec-{}\">{}</script>\n", name,
                        script_json(spec));
  }
  return html;
}

std::string body(const ReportAnalysis& analysis) {
  if (analysis.models.empty()) {
    const std::string which = analysis.diverged > 0 ? without_metrics_note(analysis) : "";
    return "<main>\n" + which + provenance_section(analysis) + "</main>\n";
  }
  return "<main>\n" + metrics_section(analysis) + differences_section(analysis) + choice_section(analysis) +
         curves_section(analysis) + mistakes_section(analysis) + calibration_section(analysis) +
         provenance_section(analysis) + "</main>\n";
}

}  // namespace

std::string html_report(const ReportAnalysis& analysis) {
  const StoredExperiment& stored = *analysis.stored;
  const std::string title = escape_html(stored.experiment.name);
  std::string html = "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n";
  html += fmt::format("<meta http-equiv=\"Content-Security-Policy\" content=\"{}\">\n", kPolicy);
  html += "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>" + title +
          " – gpu_sweep</title>\n<link rel=\"icon\" href=\"data:,\">\n<style>\n";
  html += embedded_file("report.css");
  html += "</style>\n</head>\n<body>\n<header>\n<p class=\"eyebrow\">gpu_sweep report</p>\n<h1>" + title +
          "</h1>\n";
  if (const auto& shard = stored.provenance.shard) {
    html += "<p class=\"verdict\">Partial: this is shard " + to_string(*shard) +
            " of the experiment; gpu_sweep merge puts shards together.</p>\n";
  }
  html += verdict(analysis);
  html +=
      fmt::format("<p class=\"meta\">{} of {} · {} · {}{}</p>\n", counted(analysis.runs, "run"),
                  counted(models_with_runs(analysis), "model"), escape_html(stored.provenance.device_name),
                  to_string(stored.provenance.precision), unfinished(analysis));
  if (!analysis.models.empty()) html += navigation(analysis);
  html += "</header>\n" + body(analysis);
  html +=
      "<footer><p class=\"note\">Made by gpu_sweep. Charts by Vega, inlined: this page needs no network. "
      "<noscript>The "
      "charts need JavaScript; the tables show the same numbers.</noscript></p></footer>\n";
  html += specifications() + "<!--\n";
  html += embedded_file("vega_license.txt");
  html += "-->\n<script>\n" + vega_script() + "</script>\n<script>\n";
  html += embedded_file("report.js");
  return html + "</script>\n</body>\n</html>\n";
}

void write_report(const std::filesystem::path& directory, const ReportAnalysis& analysis) {
  replace_own_file(directory / kReportFile, html_report(analysis), kReportKind);
}

}  // namespace gpu_sweep
