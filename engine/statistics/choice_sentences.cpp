// The sentences about what a number of runs can tell apart, about the chosen model, and about the test set.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "engine/statistics/methods/distributions.h"
#include "engine/statistics/sampling_error.h"
#include "engine/statistics/verdict.h"
#include "engine/statistics/wording.h"

namespace gpu_sweep {

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
  if (selection.test_judges) {
    return fmt::format(
        "The choice is {}, which has the highest mean validation accuracy, {}: it was chosen before the {} "
        "rows judged.{}",
        quoted(chosen), percent(mean_of(models[selection.chosen], kValidationAccuracy)),
        to_string(selection.judges), failing);
  }
  if (selection.candidates.size() == 1 && selection.among_same) {
    return fmt::format(
        "Judged on validation data only, the choice is {}: no other model is shown to be the "
        "same as the one with the highest mean.{}",
        quoted(chosen), failing);
  }
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
  const char* why = !selection.by_spread ? "it is the cheapest to train"
                    : selection.stable.size() == 1
                        ? "it spreads least over seeds"
                        : "it is the cheapest to train among those that are not told from the steadiest";
  if (selection.among_same) {
    return fmt::format(
        "Judged on validation data only, the choice is {}: of the {} models that are the same as the one "
        "with "
        "the highest mean, itself included, {}.{}",
        quoted(chosen), selection.candidates.size(), why, failing);
  }
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
      "(95 %). More runs reduce only a part of this.",
      quoted(model.model.name), percent(mean), model.runs.size() > 1 ? " on average" : "",
      counted(static_cast<std::size_t>(images), "image"),
      points(normal_quantile((1 + kConfidence) / 2) * error), bound ? " at most" : "");
}

}  // namespace gpu_sweep
