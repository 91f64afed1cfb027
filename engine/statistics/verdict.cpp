#include "engine/statistics/verdict.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>

#include "engine/statistics/methods/descriptive.h"
#include "engine/statistics/methods/distributions.h"
#include "engine/statistics/sampling_error.h"
#include "engine/statistics/wording.h"

namespace gpu_sweep {
namespace {

std::vector<ModelRuns> with_runs(std::span<const ModelRuns> models) {
  std::vector<ModelRuns> found;
  std::ranges::copy_if(models, std::back_inserter(found),
                       [](const ModelRuns& model) { return !model.runs.empty(); });
  return found;
}

double mean_validation(const ModelRuns& model) { return mean_of(model, kValidationAccuracy); }

std::string runs_each(std::span<const Comparison> comparisons) {
  int fewest = comparisons.front().n;
  int most = fewest;
  for (const Comparison& each : comparisons) {
    fewest = std::min(fewest, each.n);
    most = std::max(most, each.n);
  }
  const std::string count = counted(static_cast<std::size_t>(most), "run");
  return (fewest == most ? count : fmt::format("{} to {}", fewest, count)) + " each on equal seeds";
}

/// "0.42 percentage points (95 % interval 0.36 to 0.48", the lead of the model with the higher mean.
std::string mean_lead(const Comparison& comparison) {
  Interval interval = comparison.t_interval.value();
  if (comparison.mean_difference < 0) interval = {-interval.high, -interval.low};
  return fmt::format("{} percentage points (95 % interval {}", points(std::abs(comparison.mean_difference)),
                     points_range(interval));
}

/// "0.42 percentage points (95 % interval 0.36 to 0.48, p < 0.0001)"
std::string lead(const Comparison& comparison) {
  return fmt::format("{}, {})", mean_lead(comparison), p_value(comparison.wilcoxon_holm.value()));
}

std::string one_model(const ModelRuns& model) {
  const Description found = describe(values_of(model, kValidationAccuracy));
  const Description test = describe(values_of(model, kTestAccuracy));
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
  const std::string have = comparisons.empty() ? "no seeds in common" : runs_each(comparisons);
  return fmt::format(
      "Too few runs to tell the {} models apart: {}, at least {} are needed. {} has the highest validation "
      "accuracy here, {}, which another seed may overturn.",
      models.size(), have, fewest_runs(comparisons_of(models.size())), quoted(best.model.name),
      percent(mean_validation(best)));
}

std::string two_models(const Comparison& comparison) {
  const bool first = comparison.mean_difference > 0;
  const std::string& better = first ? comparison.a : comparison.b;
  const std::string& worse = first ? comparison.b : comparison.a;
  const double share = first ? comparison.greater_share : 1 - comparison.greater_share;
  const std::string runs = runs_each({&comparison, 1});
  if (comparison.divided()) {
    return fmt::format(
        "{} and {} cannot be told apart by validation accuracy: {} is better on {} of the seeds ({}), but {} "
        "is ahead on average by {}), because a few runs lie far off: {}.",
        quoted(better), quoted(worse), quoted(worse), percent(1 - share, 0),
        p_value(comparison.wilcoxon_holm.value()), quoted(better), mean_lead(comparison), runs);
  }
  if (comparison.distinguishable()) {
    return fmt::format("{} beats {} in validation accuracy by {}: {}, better on {} of the seeds.",
                       quoted(better), quoted(worse), lead(comparison), runs, percent(share, 0));
  }
  return fmt::format("{} and {} cannot be told apart by validation accuracy: the difference is {}, {}.",
                     quoted(better), quoted(worse), lead(comparison), runs);
}

/// "“a”", "“a” and “b”", "“a”, “b” and 3 more".
std::string listed(const std::vector<std::string>& names) {
  constexpr std::size_t kMost = 4;
  const std::size_t shown = names.size() <= kMost ? names.size() : kMost - 1;
  std::string text;
  for (std::size_t i = 0; i < shown; ++i) {
    const bool last = i + 1 == names.size();
    text += (i == 0 ? "" : last ? " and " : ", ") + quoted(names[i]);
  }
  if (shown < names.size()) text += fmt::format(" and {} more", names.size() - shown);
  return text;
}

std::string many_models(const std::vector<ModelRuns>& models, std::span<const Comparison> comparisons) {
  const ModelRuns& best = models[best_by_validation(models)];
  std::size_t differing = 0;
  std::size_t divided = 0;
  const Comparison* widest = nullptr;
  std::vector<std::string> equals;
  for (const Comparison& each : comparisons) {
    differing += each.distinguishable() ? 1 : 0;
    divided += each.divided() ? 1 : 0;
    if (each.a != best.model.name && each.b != best.model.name) continue;
    if (!each.distinguishable()) {
      equals.push_back(each.a == best.model.name ? each.b : each.a);
    } else if (widest == nullptr || std::abs(each.mean_difference) > std::abs(widest->mean_difference)) {
      widest = &each;
    }
  }
  const std::string runs = runs_each(comparisons);
  const std::string far_off =
      divided == 0 ? ""
                   : fmt::format(
                         " {} not counted, since one model is better on most seeds and the other on average: "
                         "a few runs lie far off.",
                         divided == 1 ? "1 pair is" : fmt::format("{} pairs are", divided));
  const bool all_pairs = compares_all_pairs(models.size());
  if (differing == 0) {
    return fmt::format(
        "{} by validation accuracy ({}). {} is the highest with {}.{}",
        all_pairs ? fmt::format("No two of the {} models can be told apart", models.size())
                  : fmt::format("None of the {} models can be told apart from the best", models.size()),
        runs, quoted(best.model.name), percent(mean_validation(best)), far_off);
  }
  std::string text =
      (differing == comparisons.size() ? fmt::format("All {} ", differing)
                                       : fmt::format("{} of the {} ", differing, comparisons.size())) +
      fmt::format(
          "{} in validation accuracy by more than seed noise ({}; p below 0.05 after Holm's "
          "correction). {} is the best with {}",
          all_pairs ? "pairs of models differ" : "other models differ from the best", runs,
          quoted(best.model.name), percent(mean_validation(best)));
  if (widest != nullptr) {
    text += fmt::format("; its widest lead is over {}, {}",
                        quoted(widest->a == best.model.name ? widest->b : widest->a), lead(*widest));
  }
  text += ". ";
  text += equals.empty() ? "It beats every other model."
                         : fmt::format("It cannot be told apart from {}.", listed(equals));
  return text + far_off;
}

}  // namespace

std::string difference_sentence(std::span<const ModelRuns> models, std::span<const Comparison> comparisons) {
  const std::vector<ModelRuns> found = with_runs(models);
  std::size_t diverged = 0;
  for (const ModelRuns& model : models) diverged += static_cast<std::size_t>(model.diverged);
  const std::string left_out = diverged == 0
                                   ? ""
                                   : fmt::format(" {} diverged and {} left out.", counted(diverged, "run"),
                                                 diverged == 1 ? "is" : "are");

  if (found.empty()) return "No run has finished yet." + left_out;
  if (found.size() == 1) return one_model(found.front()) + left_out;
  const bool tested = comparisons.size() == comparisons_of(found.size()) && enough_runs(comparisons);
  if (!tested) return too_few(found, comparisons) + left_out;
  return (found.size() == 2 ? two_models(comparisons.front()) : many_models(found, comparisons)) + left_out;
}

std::string selection_sentence(std::span<const ModelRuns> models, const Selection& selection) {
  const std::string& chosen = models[selection.chosen].model.name;
  if (selection.candidates.size() == 1) {
    const auto with_any =
        std::ranges::count_if(models, [](const ModelRuns& each) { return !each.runs.empty(); });
    return fmt::format(
        "Judged on validation data only, the choice is {}: {} model is behind by more than seed noise.",
        quoted(chosen), with_any == 2 ? "the other" : "every other");
  }
  const char* why = selection.stable.size() == 1
                        ? "it is the most stable over seeds"
                        : "it is the cheapest to train among those most stable over seeds";
  return fmt::format(
      "Judged on validation data only, the choice is {}: of the {} models that cannot be told apart from the "
      "best, {}.",
      quoted(chosen), selection.candidates.size(), why);
}

std::string test_set_sentence(const ModelRuns& model, std::span<const std::uint8_t> labels) {
  const int images = images_of(model, Split::kTest);
  if (images == 0) return "";
  const double mean = mean_of(model, kTestAccuracy);
  double error = test_standard_error(model, labels);
  const bool bound = !std::isfinite(error);
  if (bound) error = binomial_standard_error(mean, images);
  return fmt::format(
      "The test accuracy of {} is {}{}; because the test set has only {}, it is uncertain by ±{} points{} "
      "(95 %). More runs do not reduce this.",
      quoted(model.model.name), percent(mean), model.runs.size() > 1 ? " on average" : "",
      counted(static_cast<std::size_t>(images), "image"),
      points(normal_quantile((1 + kConfidence) / 2) * error), bound ? " at most" : "");
}

}  // namespace gpu_sweep
