#include "engine/report/export/claims_json.h"

#include <nlohmann/json.hpp>

#include "engine/report/export/race_json.h"
#include "engine/report/finite_json.h"
#include "engine/statistics/pair_sentences.h"

namespace gpu_sweep {
namespace {

using Json = nlohmann::ordered_json;

/// The two-way analysis of a pair on the test images. Its components are the parts of the variance of the
/// difference between the two models' answers to one image, where a right answer counts 1 and a wrong one 0.
Json new_images_json(const NewImages& found) {
  const TwoWay& analysis = found.analysis;
  return {{"images", analysis.images},
          {"differing_images", analysis.differing_images},
          {"interval", finite_json(rounded(analysis.on_new_images.interval()))},
          {"simultaneous_interval", finite_json(rounded(found.simultaneous))},
          {"told", found.told},
          {"components",
           {{"seeds", rounded(analysis.components.seeds)},
            {"images", rounded(analysis.components.images)},
            {"rest", rounded(analysis.components.rest)}}}};
}

Json pair_json(const Comparison& each, const AnalysisSettings& settings) {
  Json json = {{"first", each.a},
               {"second", each.b},
               {"metric", to_string(each.metric)},
               {"runs", each.n},
               {"difference", rounded(each.mean_difference)},
               {"interval", finite_json(rounded(each.interval))},
               {"simultaneous_interval", finite_json(rounded(each.simultaneous))},
               {"p", rounded(each.p)},
               {"p_holm", rounded(each.p_holm)},
               {"told", each.told},
               {"few_runs_carry", each.few_runs_carry()},
               {"wilcoxon_p_holm", each.wilcoxon_holm ? Json(rounded(*each.wilcoxon_holm)) : Json(nullptr)},
               {"first_greater", rounded(each.greater_share)},
               {"first_greater_interval",
                each.greater_interval ? finite_json(rounded(*each.greater_interval)) : Json(nullptr)}};
  if (each.test_to_train > 0) json["test_to_train"] = rounded(each.test_to_train);
  if (each.equivalence) json["equivalence"] = equivalence_json(each.equivalence);
  if (settings.smallest_difference) {
    const std::optional<int> runs = runs_to_show(each, settings);
    json["runs_to_show"] = runs ? Json(*runs) : Json(nullptr);
  }
  if (each.metric == kTestAccuracy && each.new_images) json["new_images"] = new_images_json(*each.new_images);
  return json;
}

/// Describes a study whose seeds `--until-decided` chose. Its p-values allow for a look after every seed.
Json purchase_json(const ReportAnalysis& analysis) {
  const Purchase& purchase = analysis.design.purchase.value();
  Json looks = Json::array();
  for (const Look& look : purchase.looks) {
    looks.push_back(Json{{"seeds", look.seeds}, {"undecided", look.undecided}});
  }
  return {{"sentence", analysis.design.sentence},
          {"complete", purchase.complete},
          {"undecided", analysis.design.undecided},
          {"limited_by_images", analysis.design.limited},
          {"missing_runs", analysis.design.missing},
          {"too_often_diverged", analysis.design.barred},
          {"most_runs", analysis.stored->experiment.runs},
          {"p", "valid after every seed, for differences that are symmetric about their mean"},
          {"looks", std::move(looks)}};
}

/// Describes a study whose number of runs was raised after a look at its results. Includes the p-value of the
/// pair if there is only one, and otherwise the number of pairs that differ. Each is given twice: allowing
/// for a look after every seed, and as if this number of runs had been planned.
Json extension_json(const ReportAnalysis& analysis) {
  const Design& design = analysis.design;
  Json json = {{"sentence", design.sentence}, {"looks", analysis.stored->experiment.analysis.looks}};
  if (design.p_counting.size() == 1) {
    json["p_every_look"] = rounded(design.p_counting[0]);
    json["p_as_planned"] = rounded(design.p_planned[0]);
  } else if (!design.p_counting.empty()) {
    json["told_every_look"] = told_pairs(design.p_counting);
    json["told_as_planned"] = told_pairs(design.p_planned);
  }
  return json;
}

}  // namespace

void add_claims(const ReportAnalysis& analysis, nlohmann::ordered_json& summary) {
  const AnalysisSettings& settings = analysis.stored->experiment.analysis;
  Json verdict = {{"sentence", analysis.differences()},
                  {"can_tell", !analysis.deciding().empty() && can_tell_some(analysis.deciding())},
                  {"fewest_runs", fewest_runs(analysis.family, analysis.looks)},
                  {"pairs_corrected", analysis.family},
                  {"pairs_listed", settings.race                                 ? "of models that remain"
                                   : analysis.models.size() <= kMostModelsPaired ? "all"
                                                                                 : "with the best"},
                  {"level", 0.05},
                  {"judged_on", to_string(analysis.judged.split)}};
  verdict["chosen"] =
      analysis.selection ? Json(analysis.models[analysis.selection->chosen].model.name) : Json(nullptr);
  if (settings.race) {
    verdict["race"] = race_json(analysis.design, analysis.stored->experiment);
  } else if (settings.until_decided) {
    verdict["until_decided"] = purchase_json(analysis);
  } else if (!settings.looks.empty()) {
    verdict["extended"] = extension_json(analysis);
  }
  if (analysis.stored->provenance.data_settings.split == SplitPolicy::kPerRun) {
    verdict["split"] = {
        {"policy", to_string(SplitPolicy::kPerRun)},
        {"sentence", analysis.design.sentence},
        {"validation_rule", "t-test with Nadeau and Bengio's correction, looks by Bonferroni"},
        {"new_images", "test set only"}};
  }
  summary["verdict"] = std::move(verdict);
  Json pairs = Json::array();
  for (const Comparison& each : analysis.on_validation) pairs.push_back(pair_json(each, settings));
  for (const Comparison& each : analysis.on_judging) pairs.push_back(pair_json(each, settings));
  for (const Comparison& each : analysis.on_test) pairs.push_back(pair_json(each, settings));
  summary["pairs"] = std::move(pairs);
  Json spreads = Json::array();
  for (const SpreadComparison& each : analysis.on_spread) {
    spreads.push_back({{"first", analysis.models[each.a].model.name},
                       {"second", analysis.models[each.b].model.name},
                       {"runs", each.n},
                       {"first_distance", rounded(each.distance_a)},
                       {"second_distance", rounded(each.distance_b)},
                       {"p", rounded(each.p)},
                       {"p_holm", rounded(each.p_holm)},
                       {"told", each.told}});
  }
  summary["spread_pairs"] = std::move(spreads);
  Json failures = Json::array();
  for (const FailureComparison& each : analysis.on_failures) {
    failures.push_back({{"first", each.a},
                        {"second", each.b},
                        {"seeds", each.n},
                        {"only_first", each.only_a},
                        {"only_second", each.only_b},
                        {"p", each.p},
                        {"p_holm", each.p_holm},
                        {"told", each.told}});
  }
  summary["failure_pairs"] = std::move(failures);
}

}  // namespace gpu_sweep
