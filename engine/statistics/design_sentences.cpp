// The sentences about how the number of runs of a study was chosen.
#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "engine/statistics/comparison.h"
#include "engine/statistics/judged_metric.h"
#include "engine/statistics/methods/anytime.h"
#include "engine/statistics/methods/holm.h"
#include "engine/statistics/pair_sentences.h"
#include "engine/statistics/race.h"
#include "engine/statistics/sampling_error.h"
#include "engine/statistics/until_decided.h"
#include "engine/statistics/verdict.h"
#include "engine/statistics/wording.h"

namespace gpu_sweep {
namespace {

constexpr const char* kEveryLook =
    "p and intervals count a look after every seed, and hold for differences that are symmetric about their "
    "mean.";

/// Returns "every pair is decided" or "2 of 3 pairs are undecided". The verb is in the past tense if
/// `complete`.
std::string undecided_text(std::size_t undecided, std::size_t pairs, bool complete) {
  if (undecided == 0) {
    return std::string(pairs == 1 ? "the pair "
                       : complete ? "all pairs "
                                  : "every pair ") +
           (complete ? pairs == 1 ? "was" : "were" : "is") + " decided";
  }
  const std::string which = pairs == 1
                                ? "the pair"
                                : fmt::format("{} of {}", with_thousands(static_cast<long long>(undecided)),
                                              counted(pairs, "pair"));
  const bool one = undecided == 1;
  return which + (complete ? one ? " was" : " were" : one ? " is" : " are") + " undecided";
}

std::string purchase_sentence(const Experiment& experiment, const Purchase& purchase, const Design& design) {
  const std::string undecided =
      undecided_text(design.undecided, pairs_of(experiment.models.size()), purchase.complete);
  std::string state =
      purchase.complete
          ? undecided + " after " + counted(static_cast<std::size_t>(purchase.looks.back().seeds), "seed")
          : fmt::format("this study is {}, and by those that are {}",
                        not_finished_text(purchase, design.missing), undecided);
  if (!design.barred.empty()) {
    const bool one = design.barred.size() == 1;
    state += fmt::format("; no more {} bought for {}, of {} more than {} of the runs diverged",
                         purchase.complete ? "were" : "are", quoted_list(design.barred),
                         one ? "which" : "each of which", percent(experiment.analysis.max_diverged, 0));
  }
  if (design.limited > 0) {
    const std::string whose = design.limited < design.undecided
                                  ? with_thousands(static_cast<long long>(design.limited)) + " of them"
                              : design.limited == 1 ? "it"
                                                    : "them";
    state += fmt::format(
        "; no more {} bought for {}, since no number of runs would show so small a difference "
        "on new images",
        purchase.complete ? "were" : "are", whose);
  }
  return fmt::format("Seeds were bought only where models were undecided, at most {} of each: {}. {}",
                     with_thousands(experiment.runs), state, kEveryLook);
}

Design bought_design(const Experiment& experiment, std::span<const RunRecord> runs,
                     std::span<const std::uint8_t> labels) {
  Design design;
  design.purchase = purchase_of(experiment, runs, labels);
  const std::vector<ModelRuns> models = runs_by_model(experiment, runs);
  const OpenPairs open = open_pairs(models, experiment, labels);
  design.undecided = open.pairs;
  design.limited = open.limited;
  for (const std::size_t model : open.barred) design.barred.push_back(models[model].model.name);
  design.missing = missing_runs(experiment, models, *design.purchase);
  design.sentence = purchase_sentence(experiment, *design.purchase, design);
  return design;
}

/// Returns the p of every pair by judged_metric, after Holm's correction.
std::vector<double> corrected_p(const std::vector<ModelRuns>& models, Looks looks) {
  std::vector<double> p;
  for (const PairTest& test : test_all_pairs(models, judged_metric(models), looks)) p.push_back(test.p);
  return holm_adjusted(p);
}

std::string told_text(const std::vector<double>& p) { return with_thousands(told_pairs(p)); }

/// Says how validation metrics are judged if every seed has its own split.
std::string splits_sentence(const std::vector<ModelRuns>& models) {
  std::string text =
      "Every seed has its own split into training and validation rows, the same for every model. Differences "
      "of validation metrics are judged by a t-test that allows for training sets that overlap (Nadeau and "
      "Bengio";
  const auto found = std::ranges::find_if(models, [](const ModelRuns& model) { return !model.runs.empty(); });
  if (found != models.end()) {
    text += fmt::format(": variance times 1 / n + {} / {}", images_of(*found, Split::kValidation),
                        images_of(*found, Split::kTrain));
  }
  return text + "); what is said of new images is of the test set only.";
}

/// Returns the design of a study whose number of runs was raised after a look at its results. `own_splits`
/// says whether every seed has its own split.
Design extended_design(const Experiment& experiment, const std::vector<ModelRuns>& models, bool own_splits) {
  Design design;
  const std::vector<int>& looks = experiment.analysis.looks;
  std::string text = "This study was extended from ";
  for (const int look : looks) text += with_thousands(look) + " to ";
  text += counted(static_cast<std::size_t>(experiment.runs), "run") +
          (looks.size() == 1 ? " after a look" : " after looks");
  if (models.size() >= 2 && models.size() <= kMostModelsPaired) {
    design.p_counting = corrected_p(models, Looks::kAfterEach);
    design.p_planned = corrected_p(models, Looks::kOnce);
    text += design.p_planned.size() == 1
                ? fmt::format("; counting every look, {} (as if planned, {})", p_value(design.p_counting[0]),
                              p_value(design.p_planned[0]))
                : fmt::format("; counting every look, {} of {} differ (as if planned, {})",
                              told_text(design.p_counting), counted(design.p_planned.size(), "pair"),
                              told_text(design.p_planned));
  }
  design.terms =
      own_splits ? "p and intervals of validation metrics count these looks (Bonferroni)." : kEveryLook;
  if (own_splits) design.terms += " " + splits_sentence(models);
  design.sentence = text + ". " + design.terms;
  const bool all_ran = std::ranges::none_of(models, [](const ModelRuns& each) { return each.runs.empty(); });
  if (models.size() == 2 && all_ran) design.opening = text;
  return design;
}

}  // namespace

int missing_runs(const Experiment& experiment, std::span<const ModelRuns> models, const Purchase& purchase) {
  int missing = 0;
  for (std::size_t i = 0; i < models.size(); ++i) {
    missing += purchase.wanted[i] - first_seeds(models[i], experiment, purchase.wanted[i]).ended();
  }
  return missing;
}

std::string not_finished_text(const Purchase& purchase, int missing) {
  const int wanted = std::accumulate(purchase.wanted.begin(), purchase.wanted.end(), 0);
  return fmt::format("not finished: {} of {} bought so far {} not here", with_thousands(missing),
                     counted(static_cast<std::size_t>(wanted), "run"), missing == 1 ? "is" : "are");
}

std::ptrdiff_t told_pairs(std::span<const double> p) {
  return std::ranges::count_if(p, [](double each) { return each < 1 - kConfidence; });
}

Design design_of(const StoredExperiment& stored, std::span<const RunRecord> runs) {
  const Experiment& experiment = stored.experiment;
  if (experiment.analysis.race) return race_design(experiment, runs);
  if (experiment.analysis.until_decided)
    return bought_design(experiment, runs, stored.provenance.test_labels);
  const bool extended = !experiment.analysis.looks.empty();
  const bool own_splits = stored.provenance.data_settings.split != SplitPolicy::kShared;
  if (!extended && !own_splits) return {};
  const std::vector<ModelRuns> models = runs_by_model(stored, runs);
  if (extended) return extended_design(experiment, models, own_splits);
  Design design;
  design.sentence = splits_sentence(models);
  return design;
}

std::string what_it_may_cost(const Experiment& experiment) {
  const bool race = experiment.analysis.race;
  const int least = fewest_to_look(experiment);
  const std::string most =
      fmt::format("at most {} of each of {}, {}", counted(static_cast<std::size_t>(experiment.runs), "run"),
                  counted(experiment.models.size(), "model"),
                  race ? "none for models that left the race" : "until every pair is decided");
  return experiment.runs < least ? fmt::format("{}: so few cannot {}, whatever the scores: it takes {}", most,
                                               race ? "drop any" : "tell any two apart", least)
                                 : fmt::format("{}: the first look is after {}", most,
                                               counted(static_cast<std::size_t>(least), "run"));
}

std::string what_to_expect(const Experiment& experiment) {
  return experiment.analysis.until_decided ? what_it_may_cost(experiment)
                                           : what_runs_can_tell(experiment.models.size(), experiment.runs);
}

}  // namespace gpu_sweep
