#include "engine/statistics/verdict.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <string_view>
#include <unordered_map>

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

/// "0.36 to 0.48", how far `leader` is ahead of the other model of the pair.
std::string lead_range(const Comparison& comparison, const std::string& leader) {
  const Interval& found = comparison.interval;
  return points_range(comparison.a == leader ? found : Interval{-found.high, -found.low});
}

double lead_of(const Comparison& comparison, const std::string& leader) {
  return comparison.a == leader ? comparison.mean_difference : -comparison.mean_difference;
}

/// "12 runs each on equal seeds, 3 pairs corrected"
std::string basis(std::span<const Comparison> comparisons) {
  return runs_each(comparisons) + (comparisons.front().family == 1
                                       ? ""
                                       : ", " + counted(comparisons.front().family, "pair") + " corrected");
}

/// "0.93 percentage points (0.89 to 0.97; 8 runs each on equal seeds)"
std::string lead(const Comparison& comparison, const std::string& leader,
                 std::span<const Comparison> comparisons) {
  return fmt::format("{} percentage points ({}; {})", points(lead_of(comparison, leader)),
                     lead_range(comparison, leader), basis(comparisons));
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
  const std::string have = comparisons.empty() ? "Models without seeds in common" : runs_each(comparisons);
  return fmt::format(
      "{} cannot tell {} models apart, whatever the scores: it takes {} of each. {} has the highest mean "
      "validation accuracy here, {}, which other seeds may overturn.",
      have, models.size(), counted(static_cast<std::size_t>(fewest_runs(pairs_of(models.size()))), "run"),
      quoted(best.model.name), percent(mean_validation(best)));
}

std::string two_models(const Comparison& comparison) {
  const bool first = comparison.mean_difference >= 0;
  const std::string& better = first ? comparison.a : comparison.b;
  const std::string& worse = first ? comparison.b : comparison.a;
  if (comparison.told) {
    const double share = first ? comparison.greater_share : 1 - comparison.greater_share;
    return fmt::format("{} is better than {} on these validation images by {}: better on {} of the seeds.",
                       quoted(better), quoted(worse), lead(comparison, better, {&comparison, 1}),
                       percent(share, 0));
  }
  return fmt::format(
      "These runs do not say which of {} and {} is better on these validation images: {} is ahead by {}.",
      quoted(better), quoted(worse), quoted(better), lead(comparison, better, {&comparison, 1}));
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

/// Returns the comparison of the best model with the one of the highest mean among those compared with it.
/// Null if there is none.
const Comparison* against_runner_up(const std::vector<ModelRuns>& models, const std::string& best,
                                    std::span<const Comparison> comparisons) {
  std::unordered_map<std::string_view, double> means;
  for (const ModelRuns& model : models) means.emplace(model.model.name, mean_validation(model));
  const Comparison* found = nullptr;
  double highest = 0;
  for (const Comparison& each : comparisons) {
    if (each.a != best && each.b != best) continue;
    const double mean = means.at(each.a == best ? each.b : each.a);
    if (found != nullptr && mean <= highest) continue;
    found = &each;
    highest = mean;
  }
  return found;
}

/// "it is ahead of the runner-up “b” by 0.42 percentage points (...)". The runner-up may lead on equal seeds
/// although its mean is lower, since means also include runs of other seeds.
std::string runner_up_gap(const Comparison& second, const std::string& best,
                          std::span<const Comparison> comparisons) {
  const std::string& runner_up = second.a == best ? second.b : second.a;
  return lead_of(second, best) >= 0 ? fmt::format("it is ahead of the runner-up {} by {}", quoted(runner_up),
                                                  lead(second, best, comparisons))
                                    : fmt::format("on equal seeds, the runner-up {} is ahead of it by {}",
                                                  quoted(runner_up), lead(second, runner_up, comparisons));
}

/// "“b” is better than “a” by 0.97 percentage points (...). The same holds for “c”."
std::string better_than_highest(const std::vector<const Comparison*>& ahead, const std::string& best,
                                std::span<const Comparison> comparisons) {
  const auto rival = [&](const Comparison& each) { return each.a == best ? each.b : each.a; };
  const std::string first = rival(*ahead.front());
  const std::string text = fmt::format("{} is better than {} by {}.", quoted(first), quoted(best),
                                       lead(*ahead.front(), first, comparisons));
  std::vector<std::string> more;
  for (std::size_t i = 1; i < ahead.size(); ++i) more.push_back(rival(*ahead[i]));
  return more.empty() ? text : text + fmt::format(" The same holds for {}.", listed(more));
}

std::string many_models(const std::vector<ModelRuns>& models, std::span<const Comparison> comparisons) {
  const ModelRuns& best = models[best_by_validation(models)];
  const std::string& name = best.model.name;
  std::vector<std::string> not_told;
  std::vector<const Comparison*> ahead;  // told, and the other model leads on equal seeds
  for (const Comparison& each : comparisons) {
    if (each.a != name && each.b != name) continue;
    if (!each.told) not_told.push_back(each.a == name ? each.b : each.a);
    if (each.told && lead_of(each, name) < 0) ahead.push_back(&each);
  }
  const auto told = static_cast<std::size_t>(
      std::ranges::count_if(comparisons, [](const Comparison& each) { return each.told; }));
  const Comparison* second = against_runner_up(models, name, comparisons);
  if (second == nullptr) return fmt::format("{} shares no seeds with the other models.", quoted(name));
  const std::string& runner_up = second->a == name ? second->b : second->a;
  const char* const which =
      comparisons.size() == comparisons.front().family ? "of models" : "with this model";
  const std::string pairs = fmt::format(
      "{} pairs {} differ by more than seed noise.",
      told == comparisons.size()
          ? fmt::format("All {}", told)
          : fmt::format("{} of the {}", told, with_thousands(static_cast<long long>(comparisons.size()))),
      which);
  const std::string mean = percent(mean_validation(best));
  if (not_told.empty() && ahead.empty()) {
    return fmt::format(
        "{} is better than every other model on these validation images, with {}: than the runner-up {} by "
        "{}. {}",
        quoted(name), mean, quoted(runner_up), lead(*second, name, comparisons), pairs);
  }
  const std::string rest =
      not_told.size() > 1 && not_told.size() + 1 == models.size() ? "any other model" : listed(not_told);
  if (!ahead.empty()) {
    return fmt::format(
        "{} has the highest mean validation accuracy, {}, but on the seeds that both finished, {}{} {}",
        quoted(name), mean, better_than_highest(ahead, name, comparisons),
        not_told.empty()
            ? ""
            : fmt::format(" These runs do not say whether {} is better than {}.", quoted(name), rest),
        pairs);
  }
  const std::string start =
      told == 0 && comparisons.size() == comparisons.front().family
          ? fmt::format("No two of the {} models can be told apart on these validation images. ",
                        models.size())
          : "";
  return fmt::format(
      "{}{} has the highest mean validation accuracy, {}, but these runs do not say whether it is better "
      "than {}; {}.{}",
      start, quoted(name), mean, rest, runner_up_gap(*second, name, comparisons),
      told == 0 ? "" : " " + pairs);
}

/// Names the told pairs whose difference rests on outlying runs. Empty if there are none.
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
  if (comparisons.empty() || !can_tell_some(comparisons)) return too_few(found, comparisons) + left_out;
  return (found.size() == 2 ? two_models(comparisons.front()) : many_models(found, comparisons)) +
         carried_by_few(comparisons) + left_out;
}

std::string what_runs_can_tell(std::size_t models, int runs) {
  if (models < 2) return "";
  const int least = fewest_runs(pairs_of(models));
  const std::string each = fmt::format("{} of each of {}", counted(static_cast<std::size_t>(runs), "run"),
                                       counted(models, "model"));
  return runs < least
             ? fmt::format("{} cannot tell any two apart, whatever the scores: it takes {}", each, least)
             : fmt::format("{} can tell two apart if they differ enough: it takes {} at least", each, least);
}

std::string selection_sentence(std::span<const ModelRuns> models, const Selection& selection) {
  const std::string& chosen = models[selection.chosen].model.name;
  const std::string failing =
      selection.excluded.empty()
          ? ""
          : fmt::format(" {} {} excluded because more than {} of the runs diverged.",
                        counted(selection.excluded.size(), "model"),
                        selection.excluded.size() == 1 ? "is" : "are", percent(selection.most_diverged, 0));
  if (selection.candidates.size() == 1) {
    const auto with_any = static_cast<std::size_t>(
        std::ranges::count_if(models, [](const ModelRuns& each) { return !each.runs.empty(); }));
    const std::size_t others = with_any - selection.excluded.size() - 1;
    if (others == 0) {
      return fmt::format("The choice is {}, the only model that may be chosen.{}", quoted(chosen), failing);
    }
    return fmt::format(
        "Judged on validation data only, the choice is {}: {} model is behind by more than seed noise.{}",
        quoted(chosen), others == 1 ? "the other" : "every other", failing);
  }
  const char* why = selection.stable.size() == 1
                        ? "it spreads least over seeds"
                        : "it is the cheapest to train among those that are not told from the steadiest";
  return fmt::format(
      "Judged on validation data only, the choice is {}: of the {} models that are not told to be worse "
      "than the one with the highest mean, {}.{}",
      quoted(chosen), selection.candidates.size(), why, failing);
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
