#include "engine/statistics/verdict.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "engine/statistics/judged_metric.h"
#include "engine/statistics/methods/descriptive.h"
#include "engine/statistics/new_images_sentences.h"
#include "engine/statistics/pair_sentences.h"
#include "engine/statistics/runs_of_models.h"
#include "engine/statistics/wording.h"

namespace gpu_sweep {
namespace {

std::vector<ModelRuns> with_runs(std::span<const ModelRuns> models) {
  std::vector<ModelRuns> found;
  std::ranges::copy_if(models, std::back_inserter(found),
                       [](const ModelRuns& model) { return !model.runs.empty() && !model.left_after; });
  return found;
}

double mean_validation(const ModelRuns& model) { return mean_of(model, kValidationAccuracy); }

std::string one_model(const ModelRuns& model, const AnalysisSettings& settings) {
  const Description found = describe(model, kValidationAccuracy);
  const Description test = describe(model, kTestAccuracy);
  if (!model.runs.front()->has_rows(Split::kValidation)) {
    if (test.n == 1) {
      return fmt::format(
          "One run of {}, without validation rows: test accuracy {}. One run says nothing about how much "
          "another seed would change it.",
          quoted(model.model.name), percent(test.mean));
    }
    return fmt::format(
        "{}, without validation rows, reaches a test accuracy of {} on average over {} (95 % interval of the "
        "mean {}; single runs {}).",
        quoted(model.model.name), percent(test.mean), counted(static_cast<std::size_t>(test.n), "run"),
        percent_range(test.t_interval.value()), percent_range({test.minimum, test.maximum}));
  }
  if (found.n > 1 && (settings.race || validation_chose(model.model))) {
    return fmt::format(
        "{} reaches a test accuracy of {} on average over {} (95 % interval of the mean {}; single runs {}). "
        "The validation rows, where it reaches {}, took part in {}.",
        quoted(model.model.name), percent(test.mean), counted(static_cast<std::size_t>(test.n), "run"),
        percent_range(test.t_interval.value()), percent_range({test.minimum, test.maximum}),
        percent(found.mean), settings.race ? "the race" : "training");
  }
  if (found.n == 1) {
    return fmt::format(
        "One run of {}: validation accuracy {}, test accuracy {}. One run says nothing about "
        "how much another seed would change them.",
        quoted(model.model.name), percent(found.mean), percent(test.mean));
  }
  return fmt::format(
      "{} reaches a validation accuracy of {} on average over {} (95 % interval of the mean {}; "
      "single runs {}), and {} on the test set.",
      quoted(model.model.name), percent(found.mean), counted(static_cast<std::size_t>(found.n), "run"),
      percent_range(found.t_interval.value()), percent_range({found.minimum, found.maximum}),
      percent(test.mean));
}

std::string too_few(const std::vector<ModelRuns>& models, std::span<const Comparison> comparisons) {
  const ModelRuns& best = models[best_by_validation(models)];
  const std::string have =
      comparisons.empty() ? "Runs without seeds in common" : runs_of_each(comparisons) + " of each";
  const std::size_t family = comparisons.empty() ? pairs_of(models.size()) : comparisons.front().family;
  return fmt::format(
      "{} cannot tell {} models apart, whatever the scores: it takes {}{}. {} has the highest mean "
      "validation "
      "accuracy here, {}, which other seeds may overturn.",
      have, models.size(), comparisons.empty() ? fewest_runs(family) : comparisons.front().fewest_runs(),
      family == pairs_of(models.size()) ? "" : fmt::format(", {} corrected", counted(family, "pair")),
      quoted(best.model.name), percent(mean_validation(best)));
}

/// The other models as seen from the one with the highest mean.
struct Others {
  std::vector<std::string> open;          ///< neither told apart nor the same
  std::vector<std::string> same;          ///< not told apart, and the same within the limit
  std::vector<const Comparison*> ahead;   ///< told apart, and the other model leads on equal seeds
  const Comparison* runner_up = nullptr;  ///< the comparison of the best model with the runner-up
};

Others others_of(std::size_t best, const std::vector<ModelRuns>& models,
                 std::span<const Comparison> comparisons) {
  Others found;
  double highest = 0;
  const std::string& name = models[best].model.name;
  for (const Comparison& each : comparisons) {
    if (each.first != best && each.second != best) continue;
    const std::string& other = each.first == best ? each.b : each.a;
    if (each.told && lead_of(each, name) < 0) {
      found.ahead.push_back(&each);
    } else if (!each.told) {
      (each.same() ? found.same : found.open).push_back(other);
    }
    const double mean = mean_of(models[each.first == best ? each.second : each.first], each.metric);
    if (found.runner_up != nullptr && mean <= highest) continue;
    found.runner_up = &each;
    highest = mean;
  }
  return found;
}

/// "it is ahead of the runner-up “b” by 0.42 points (...)". On equal seeds, the runner-up may lead although
/// its mean is lower, because the means are over all runs of each model.
std::string runner_up_gap(const Comparison& second, const std::string& best) {
  const std::string& runner_up = rival_of(second, best);
  return lead_of(second, best) >= 0
             ? fmt::format("it is ahead of the runner-up {} by {}", quoted(runner_up), lead(second, best))
             : fmt::format("on equal seeds, the runner-up {} is ahead of it by {}", quoted(runner_up),
                           lead(second, runner_up));
}

/// "“b” is better than “a” by 0.97 points (...). The same holds for “c”."
std::string better_than_highest(const std::vector<const Comparison*>& ahead, const std::string& best) {
  const std::string& first = rival_of(*ahead.front(), best);
  const std::string text =
      fmt::format("{} is better than {} by {}.", quoted(first), quoted(best), lead(*ahead.front(), first));
  std::vector<std::string> more;
  for (std::size_t i = 1; i < ahead.size(); ++i) more.push_back(rival_of(*ahead[i], best));
  return more.empty() ? text : text + fmt::format(" The same holds for {}.", quoted_list(more));
}

/// "2 of the 3 pairs of models differ by more than seed noise."
std::string pairs_told(std::size_t models, std::span<const Comparison> comparisons, std::size_t told) {
  const std::string all = with_thousands(static_cast<long long>(comparisons.size()));
  const std::string count = with_thousands(static_cast<long long>(told));
  return fmt::format("{} pairs {} differ by more than seed noise.",
                     told == comparisons.size() ? "All " + all : count + " of the " + all,
                     models <= kMostModelsPaired ? "of models" : "with this model");
}

std::string many_models(const std::vector<ModelRuns>& models, std::span<const Comparison> comparisons,
                        const AnalysisSettings& settings) {
  const std::size_t best = best_by_validation(models);
  const std::string& name = models[best].model.name;
  const auto [open, same, ahead, second] = others_of(best, models, comparisons);
  if (second == nullptr) return fmt::format("{} shares no seeds with the other models.", quoted(name));
  const auto told = static_cast<std::size_t>(
      std::ranges::count_if(comparisons, [](const Comparison& each) { return each.told; }));
  const std::string pairs = pairs_told(models.size(), comparisons, told);
  const Metric judged = comparisons.front().metric;
  const std::string mean = percent(mean_of(models[best], judged));
  if (open.empty() && same.empty() && ahead.empty()) {
    return fmt::format(
        "{} is better than every other model on these images, with {}: than the runner-up {} by {}{}. {}",
        quoted(name), mean, quoted(rival_of(*second, name)), lead(*second, name),
        second->same() ? ", which is less than " + limit_text(settings) : "", pairs);
  }
  const std::string rest =
      open.size() > 1 && open.size() + 1 == models.size() ? "any other model" : quoted_list(open);
  std::string text =
      judged.split != Split::kValidation
          ? fmt::format("{}, which has the highest mean validation accuracy, reaches {} on the {} rows",
                        quoted(name), mean, to_string(judged.split))
          : fmt::format("{} has the highest mean validation accuracy, {}", quoted(name), mean);
  if (!ahead.empty()) {
    text += ", but on the seeds that both finished, " + better_than_highest(ahead, name);
    if (!open.empty()) {
      text += fmt::format(" These runs do not say whether {} is better than {}.", quoted(name), rest);
    }
  } else {
    if (told == 0 && models.size() <= kMostModelsPaired) {
      text = fmt::format("No two of the {} models{} can be told apart on these images. ",
                         with_thousands(static_cast<long long>(models.size())),
                         settings.race ? " that remain" : "") +
             text;
    }
    if (!open.empty()) text += ", but these runs do not say whether it is better than " + rest;
    text += "; " + runner_up_gap(*second, name) + (open.empty() ? "" : runs_clause(*second, settings)) + ".";
  }
  if (!same.empty()) {
    text += " " + differ_by_less(name, same, limit_text(settings)) + ".";
  }
  return text + (told == 0 ? "" : " " + pairs);
}

/// Names the first pair that was told apart only because of a few outlying runs, and counts the other such
/// pairs. Empty if there are none.
std::string carried_by_few(std::span<const Comparison> comparisons) {
  const Comparison* first = nullptr;
  std::size_t found = 0;
  for (const Comparison& each : comparisons) {
    if (!each.few_runs_carry()) continue;
    if (found++ == 0) first = &each;
  }
  if (found == 0) return "";
  const std::string more =
      found == 1 ? "" : fmt::format(" The same holds for {} more.", counted(found - 1, "pair"));
  return fmt::format(
      " A few runs carry the difference between {} and {}: it is {} points in the mean, but {} without the "
      "tenth of the seeds at either end.{}",
      quoted(first->a), quoted(first->b), points(first->mean_difference), points(first->trimmed_mean), more);
}

/// " 3 runs of “a” and “b” diverged and are left out." Empty if no run diverged.
std::string diverged_runs(std::span<const ModelRuns> models) {
  std::size_t diverged = 0;
  std::vector<std::string> names;
  for (const ModelRuns& model : models) {
    if (model.diverged == 0) continue;
    diverged += static_cast<std::size_t>(model.diverged);
    names.push_back(model.model.name);
  }
  if (diverged == 0) return "";
  return fmt::format(" {} of {} diverged and {} left out.", counted(diverged, "run"), quoted_list(names),
                     diverged == 1 ? "is" : "are");
}

/// Says whether the model that the headline names first is better on new images, too, than the models that it
/// beats.
std::string beaten_on_new_images(const std::vector<ModelRuns>& models,
                                 std::span<const Comparison> comparisons) {
  const std::string& best =
      models.size() == 2 ? leader_of(comparisons.front()) : models[best_by_validation(models)].model.name;
  std::vector<const Comparison*> beaten;
  for (const Comparison& each : comparisons) {
    if ((each.a == best || each.b == best) && each.told && lead_of(each, best) > 0) beaten.push_back(&each);
  }
  return new_images_sentences(best, beaten, beaten.size() + 1 == models.size());
}

}  // namespace

std::string difference_sentence(std::span<const ModelRuns> models, std::span<const Comparison> comparisons,
                                const AnalysisSettings& settings) {
  const std::vector<ModelRuns> found = with_runs(models);
  const std::string left_out = diverged_runs(models);
  if (found.empty()) {
    const bool all_left =
        std::ranges::any_of(models, [](const ModelRuns& each) { return each.left_after.has_value(); });
    return (all_left ? "No model remains in the race." : "No run has finished yet.") + left_out;
  }
  if (found.size() == 1) return one_model(found.front(), settings) + left_out;
  const std::string rows = judging_rows_sentence(models, settings);
  const bool any_same = std::ranges::any_of(comparisons, [](const Comparison& each) { return each.same(); });
  if (!any_same && !can_tell_some(comparisons)) return too_few(found, comparisons) + left_out;
  return (found.size() == 2 ? pair_sentence(comparisons.front(), settings)
                            : many_models(found, comparisons, settings)) +
         beaten_on_new_images(found, comparisons) + (rows.empty() ? "" : " " + rows) +
         carried_by_few(comparisons) + left_out;
}

}  // namespace gpu_sweep
