#include "engine/report/html/judgement_page.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>

#include "engine/report/html/embedded.h"
#include "engine/report/html/escape.h"
#include "engine/statistics/judge/judgement_words.h"
#include "engine/statistics/wording.h"

namespace gpu_sweep {
namespace {

/// The content security policy of the page. It forbids scripts and all network access.
constexpr const char* kPagePolicy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:";

/// The largest number of rows in the picture, one per model other than the best. If there are more models, it
/// shows those over which the best one's lead is smallest.
constexpr std::size_t kMostRows = 30;

/// With more pairs than this, the table lists only the pairs that include the model with the best mean.
constexpr std::size_t kMostPairs = 500;

struct LeadOfBest {
  std::size_t other = 0;
  double lead = 0;
  Interval interval;
  Interval simultaneous;
  bool told = false;
  bool same = false;
};

/// Returns the remark that follows the other model's name in the label of a lead.
const char* lead_mark(const LeadOfBest& each) {
  if (each.same) return each.told ? " (by less than matters)" : " (the same)";
  if (!each.told) return " (not told)";
  return each.lead < 0 ? " (which is better)" : "";
}

std::vector<LeadOfBest> leads_of_best(const Judgement& judgement, bool higher) {
  std::vector<LeadOfBest> leads;
  for (const JudgedPair& pair : judgement.pairs) {
    const bool first = pair.a == judgement.best;
    if ((!first && pair.b != judgement.best) || !pair.interval || !std::isfinite(pair.simultaneous->low))
      continue;
    const double sign = first == higher ? 1 : -1;
    const auto turned = [sign](const Interval& range) {
      return sign > 0 ? range : Interval{-range.high, -range.low};
    };
    leads.push_back({first ? pair.b : pair.a, sign * pair.difference, turned(*pair.interval),
                     turned(*pair.simultaneous), pair.told, pair.same()});
  }
  std::ranges::sort(leads, {}, &LeadOfBest::lead);
  if (leads.size() > kMostRows) leads.resize(kMostRows);
  return leads;
}

/// Keeps the labels of the picture at roughly the same size on narrow screens, on which the picture is half
/// as wide.
constexpr const char* kPictureStyle =
    ".leads text { font-size: 15px; }\n@media (max-width: 480px) { .leads text { font-size: 30px; } }\n";

/// Shortens a name so that it fits into the picture on a narrow screen.
std::string picture_name(const std::string& name) {
  constexpr std::size_t kMost = 20;
  const auto starts_character = [](char byte) { return (static_cast<unsigned char>(byte) & 0xc0) != 0x80; };
  if (static_cast<std::size_t>(std::ranges::count_if(name, starts_character)) <= kMost) return name;
  std::size_t end = 0;
  for (std::size_t characters = 0; end < name.size(); ++end) {
    if (starts_character(name[end]) && ++characters == kMost) break;
  }
  return name.substr(0, end) + "…";
}

/// Draws the leads of the best model over the others, as an SVG that scales with the page. Names stand above
/// their bars, so that they fit on a narrow screen.
std::string leads_picture(const Judgement& judgement, bool higher) {
  const std::vector<LeadOfBest> leads = leads_of_best(judgement, higher);
  if (leads.empty()) return "";
  constexpr double kWidth = 640;
  constexpr double kRow = 58;
  double low = 0;
  double high = 0;
  for (const LeadOfBest& each : leads) {
    low = std::min(low, each.simultaneous.low);
    high = std::max(high, each.simultaneous.high);
  }
  const double scale = (kWidth - 40) / std::max(high - low, 1e-300);
  const auto x = [&](double value) { return 20 + (value - low) * scale; };
  const double bottom = kRow * static_cast<double>(leads.size()) + 12;
  const int digits = judged_digits(judgement);
  std::string marks;
  for (std::size_t i = 0; i < leads.size(); ++i) {
    const LeadOfBest& each = leads[i];
    const double y = kRow * static_cast<double>(i) + 46;
    const char* color = each.told ? "var(--series-1)" : "var(--muted)";
    marks += fmt::format(
        "<line x1=\"{:.1f}\" x2=\"{:.1f}\" y1=\"{:.1f}\" y2=\"{:.1f}\" stroke=\"var(--muted)\" "
        "stroke-width=\"2\"/>\n",
        x(0), x(0), y - 9, y + 9);
    marks += fmt::format("<text x=\"20\" y=\"{:.1f}\">over {}{}</text>\n", y - 18,
                         escape_html(picture_name(judgement.models[each.other].name)), lead_mark(each));
    marks += fmt::format(
        "<line x1=\"{:.1f}\" x2=\"{:.1f}\" y1=\"{:.1f}\" y2=\"{:.1f}\" stroke=\"{}\" "
        "stroke-width=\"1.5\"/>\n",
        x(each.simultaneous.low), x(each.simultaneous.high), y, y, color);
    marks += fmt::format(
        "<line x1=\"{:.1f}\" x2=\"{:.1f}\" y1=\"{:.1f}\" y2=\"{:.1f}\" stroke=\"{}\" stroke-width=\"6\"/>\n",
        x(each.interval.low), x(each.interval.high), y, y, color);
    marks +=
        fmt::format("<circle cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"5\" fill=\"var(--ink)\"/>\n", x(each.lead), y);
  }
  return fmt::format(
      "<figure class=\"leads\"><svg viewBox=\"0 0 {:.0f} {:.0f}\" role=\"img\" aria-label=\"Leads of {} over "
      "the other "
      "models; the "
      "table of pairs has the numbers\" style=\"width:100%;max-width:46rem\" "
      "fill=\"var(--ink)\">\n"
      "{}<text x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"{}\">0</text>\n"
      "<text x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"end\">{}</text>\n</svg>\n<figcaption>Lead of {} over "
      "the "
      "others. Thick: the pair's own step of Holm's correction, told if it excludes 0. Thin: these of all "
      "pairs hold "
      "together (95 %).</figcaption></figure>\n",
      kWidth, bottom + 22, escape_html(judgement.models[*judgement.best].name), marks, x(0), bottom + 18,
      x(0) < 40 ? "start" : "middle", kWidth - 20, bottom + 18, fixed(high, digits),
      html_name(judgement.models[*judgement.best].name));
}

/// Puts a remark below a name, so that numbers fit beside the name on a narrow screen.
std::string mark_below(const std::string& mark) {
  return mark.empty() ? "" : "<br><span class=\"mark\">" + mark + "</span>";
}

std::string models_rows(const Judgement& judgement, bool higher) {
  const int digits = judged_digits(judgement);
  std::string rows;
  for (std::size_t i = 0; i < judgement.models.size(); ++i) {
    const JudgedModel& model = judgement.models[i];
    rows += fmt::format(
        "<tr><th scope=\"row\">{}{}</th><td>{} <span class=\"spread\">± {}</span></td><td>{}</td>"
        "<td>{}</td></tr>\n",
        html_name(model.name), mark_below(judged_mark(judgement, i, higher)), fixed(model.mean, digits),
        model.std_n_minus_1 ? fixed(*model.std_n_minus_1, digits) : "–", with_thousands(model.runs),
        fmt::format("{}{} <span class=\"spread\">(up to {})</span>", with_thousands(model.failed),
                    judgement.rule == JudgeRule::kDataSets ? " of " + with_thousands(model.all) : "",
                    percent(model.failed_upper, 0)));
  }
  return rows;
}

std::string pairs_rows(const Judgement& judgement) {
  const int digits = judged_digits(judgement);
  std::string rows;
  for (const JudgedPair& pair : judgement.pairs) {
    const bool with_best = pair.a == judgement.best || pair.b == judgement.best;
    if (judgement.pairs.size() > kMostPairs && !with_best) continue;
    rows +=
        fmt::format("<tr><th scope=\"row\">{} − {}{}</th><td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>\n",
                    html_name(judgement.models[pair.a].name), html_name(judgement.models[pair.b].name),
                    mark_below(judged_pair_mark(pair)), fixed(pair.difference, digits),
                    judged_interval(pair.interval, digits), escape_html(p_number(pair.p_holm)),
                    pair.n_a == pair.n_b ? with_thousands(pair.n_a)
                                         : with_thousands(pair.n_a) + " / " + with_thousands(pair.n_b));
  }
  return rows;
}

std::string section(const std::string& title, const Judgement& judgement, std::size_t family, bool higher) {
  return "<section>" + (title.empty() ? "" : "<h2>" + escape_html(title) + "</h2>\n") +
         "<p class=\"verdict\">" + escape_html(judgement_sentences(judgement, family, higher)) +
         "</p>\n<p class=\"meta\">" + escape_html(judgement.reason) +
         (judgement.every_look ? "" : "; the number of runs is taken as fixed beforehand") + "</p>\n" +
         leads_picture(judgement, higher) +
         "<div class=\"scroll\"><table class=\"stack\"><caption>Models: mean ± standard deviation of "
         "finished runs; failed "
         "runs "
         "with a 95 % upper limit of their share</caption>\n<thead><tr><th scope=\"col\">model</th><th "
         "scope=\"col\">mean</th><th scope=\"col\">n</th><th "
         "scope=\"col\">failed</th></tr></thead>\n<tbody>\n" +
         models_rows(judgement, higher) +
         "</tbody></table></div>\n<div class=\"scroll\"><table class=\"stack\"><caption>Pairs: difference, "
         "interval at the "
         "pair's own "
         "step, p after Holm's correction</caption>\n<thead><tr><th scope=\"col\">pair</th><th "
         "scope=\"col\">difference</th><th scope=\"col\">interval</th><th "
         "scope=\"col\">p</th><th scope=\"col\">n</th></tr></thead>\n<tbody>\n" +
         pairs_rows(judgement) + "</tbody></table></div>\n" +
         (judgement.pairs.size() > kMostPairs
              ? "<p class=\"note\">Only pairs with the best mean are shown.</p>\n"
              : "") +
         "</section>\n";
}

}  // namespace

std::string judgement_page(const JudgedTable& table, const Judgements& judgements) {
  const bool higher = table.higher_is_better;
  const std::string title = escape_html(std::filesystem::path(table.file).filename().string());
  std::string html = fmt::format(
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta "
      "http-equiv=\"Content-Security-Policy\" content=\"{}\">\n<meta name=\"viewport\" "
      "content=\"width=device-width, initial-scale=1\">\n<title>{} – gpu_sweep judge</title>\n<link "
      "rel=\"icon\" href=\"data:,\">\n<style>\n",
      kPagePolicy, title);
  html += embedded_file("report.css");
  html += kPictureStyle;
  html += fmt::format(
      "</style>\n</head>\n<body>\n<header>\n<p class=\"eyebrow\">gpu_sweep judge</p>\n<h1>{}</h1>\n<p "
      "class=\"meta\">{}: {} is better</p>\n</header>\n<main>\n",
      title, escape_html(table.score), higher ? "higher" : "lower");
  for (const Judgement& each : judgements.datasets) {
    html += section(each.dataset, each, judgements.family, higher);
  }
  if (judgements.other_data) {
    html +=
        section("On other data sets", *judgements.other_data, judgements.other_data->pairs.size(), higher);
  }
  const std::string note = other_data_note(judgements);
  if (!note.empty()) html += "<p class=\"note\">" + escape_html(note) + "</p>\n";
  return html +
         "</main>\n<footer><p class=\"note\">Made by gpu_sweep. This page needs no network.</p></footer>\n"
         "</body>\n</html>\n";
}

}  // namespace gpu_sweep
