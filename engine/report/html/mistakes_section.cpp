// The section on the mistakes that the models make, counted over all runs.
#include <fmt/format.h>

#include <algorithm>

#include "engine/report/html/cells.h"
#include "engine/report/html/charts.h"
#include "engine/report/html/escape.h"
#include "engine/report/html/png.h"
#include "engine/report/html/sections.h"
#include "engine/statistics/confusion.h"
#include "engine/statistics/predictions.h"
#include "engine/statistics/wording.h"

namespace gpu_sweep {
namespace {

constexpr int kMostClassesDrawn = 32;  // cells of larger matrices are too small to see
constexpr int kImagesShown = 24;
// With more models, the page would become too large.
constexpr std::size_t kMostModelsDetailed = 50;

std::string confused_list(const ReportAnalysis& analysis, const ModelRuns& model, Split split) {
  std::string items;
  for (const ConfusedPair& pair : confusion_statistics(model, split).most_confused) {
    items += fmt::format("{}{} and {} ({})", items.empty() ? "" : "; ", analysis.class_name(pair.first),
                         analysis.class_name(pair.second), fixed(pair.count, model.runs.size() > 1 ? 1 : 0));
  }
  return items.empty() ? "No classes confused." : "Most confused: " + items + ".";
}

std::string recall_table(const ReportAnalysis& analysis, const ModelRuns& model) {
  std::string rows;
  const ConfusionStatistics found = confusion_statistics(model, Split::kTest);
  const auto range = [](const std::optional<Interval>& interval) {
    return interval ? points_range(*interval) : std::string("–");
  };
  for (int k = 0; k < found.classes; ++k) {
    const ClassRecall& recall = found.recall[static_cast<std::size_t>(k)];
    rows += fmt::format("<tr><th scope=\"row\">{}</th><td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>\n",
                        html_name(analysis.class_name(k)), recall.images, points(recall.mean),
                        range(recall.over_runs), range(recall.over_images));
  }
  return "<div class=\"scroll\"><table><caption>Recall of each class on the test set, in %: mean "
         "over the "
         "runs, its 95 % interval over seeds (Student's t), 95 % interval over images "
         "(Wilson)</caption>\n<thead><tr><th "
         "scope=\"col\">class</th><th scope=\"col\">images</th><th scope=\"col\">recall</th><th "
         "scope=\"col\">over "
         "seeds</th><th scope=\"col\">over images</th></tr></thead>\n<tbody>\n" +
         rows + "</tbody></table></div>\n";
}

std::string confusion_of(const ReportAnalysis& analysis, const ModelRuns& model, bool open) {
  std::string html =
      fmt::format("<details{}><summary>{}</summary>\n", open ? " open" : "", html_model(model));
  if (analysis.classes() <= kMostClassesDrawn) {
    html += "<div class=\"grid-2\">\n";
    for (const Split split : {Split::kTest, Split::kValidation, Split::kTrain}) {
      if (split == Split::kValidation && !has_validation(analysis)) continue;
      Chart chart = confusion_chart(analysis, model, split);
      chart.caption = confused_list(analysis, model, split);
      html += fmt::format("<div><h3>{} set</h3>\n{}</div>\n",
                          split == Split::kTest    ? "Test"
                          : split == Split::kTrain ? "Training"
                                                   : "Validation",
                          html_figure(chart));
    }
    html += "</div>\n";
  } else {
    html += "<p>" + escape_html(confused_list(analysis, model, Split::kTest)) + "</p>\n";
  }
  return html + recall_table(analysis, model) + "</details>\n";
}

std::string together_table(const ReportAnalysis& analysis) {
  std::string rows;
  bool any = false;
  for (const ModelRuns& model : analysis.all_models) {
    if (model.runs.empty()) {
      rows += row_without_metrics(model, 5);
      continue;
    }
    const std::optional<double> disagreement = churn(model, analysis.classes());  // absent below two runs
    any = any || disagreement;
    const auto vote = ensemble_accuracy(model, analysis.labels(), analysis.classes());
    rows += fmt::format("<tr>{}<td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>\n", row_header(model),
                        model.runs.size(), percent(mean_of(model, kTestAccuracy)),
                        vote ? percent(*vote) : "–", disagreement ? percent(*disagreement) : "–");
  }
  if (!any) return "";
  return "<h3>All runs together</h3>\n<div class=\"scroll\"><table><caption>Test accuracy of one run on "
         "average and of the "
         "majority vote of all runs; churn is the share of test images on which two runs disagree, averaged "
         "over "
         "all "
         "pairs</caption>\n<thead><tr><th scope=\"col\">model</th><th scope=\"col\">runs</th><th "
         "scope=\"col\">single run</th><th "
         "scope=\"col\">majority vote</th><th scope=\"col\">churn</th></tr></thead>\n<tbody>\n" +
         rows + "</tbody></table></div>\n" +
         (analysis.calibrations.empty()
              ? "<p class=\"note\">Class probabilities are not kept, so calibration is not shown: "
                "<code>gpu_sweep run --keep-predictions</code> keeps them.</p>\n"
              : "");
}

std::string mistaken_images(const ReportAnalysis& analysis) {
  if (analysis.images == nullptr) {
    return "<p class=\"note\">The images most often mistaken are not shown: the data set was not available "
           "when this page "
           "was made.</p>\n";
  }
  const Dataset& images = *analysis.images;
  if (!images.has_images()) return "";
  const auto mistaken = most_mistaken(analysis.models, analysis.labels(), analysis.classes(), kImagesShown);
  if (mistaken.empty()) return "";
  const auto size = static_cast<std::size_t>(images.features());
  std::string html = fmt::format(
      "<h3>Most often mistaken</h3>\n<p class=\"note\">The {} that the {} get wrong most often.</p>\n<ul "
      "class=\"images\">\n",
      counted(mistaken.size(), "test image"), counted(analysis.runs, "run"));
  for (const MistakenImage& each : mistaken) {
    const std::span<const std::uint8_t> pixels(
        &images[Split::kTest].pixels[static_cast<std::size_t>(each.index) * size], size);
    const std::string truth = analysis.class_name(each.label);
    const std::string mistake = analysis.class_name(each.most_common_mistake);
    html += fmt::format(
        "<li><img src=\"{}\" width=\"{}\" height=\"{}\" alt=\"{}\"><p><strong>{}</strong>, taken for {} by "
        "{}&nbsp;%; wrong in {}&nbsp;%</p></li>\n",
        png_data_uri(grey_png(pixels, images.width, images.height)), images.width, images.height,
        escape_html(fmt::format("test image {}, {}", each.index, truth)), html_name(truth),
        html_name(mistake), points(each.most_common_share, 0), points(each.wrong_share, 0));
  }
  return html + "</ul>\n";
}

}  // namespace

std::string mistakes_section(const ReportAnalysis& analysis) {
  std::string html = "<section id=\"mistakes\"><h2>Which classes are confused</h2>\n";
  const bool several = analysis.runs > analysis.models.size();
  html += fmt::format(
      "<p class=\"note\">Confusion matrices {}: rows are true classes, columns predicted ones. Mistakes are "
      "shaded relative to the largest one.</p>\n",
      several ? "as means over the runs" : "of the runs");
  const auto models = best_models(analysis, kMostModelsDetailed);
  html += drawn_note(analysis, models.size()) + without_metrics_note(analysis);
  const ModelRuns* const open =
      analysis.selection ? &analysis.models[analysis.selection->chosen] : models.front();
  if (std::ranges::find(models, open) == models.end()) html += confusion_of(analysis, *open, true);
  for (const ModelRuns* model : models) html += confusion_of(analysis, *model, model == open);
  if (analysis.models.size() == 1 && several) {
    ModelRuns first = analysis.models.front();
    first.runs.resize(1);
    first.model.name += fmt::format(", first run only (seed {})", first.runs.front()->seed);
    html += confusion_of(analysis, first, false);
  }
  return html + together_table(analysis) + mistaken_images(analysis) + "</section>\n";
}

}  // namespace gpu_sweep
