// The sentences about a race: which models left it, and what is guaranteed about the others.
#include <fmt/format.h>

#include <algorithm>

#include "engine/statistics/comparison.h"
#include "engine/statistics/pair_sentences.h"
#include "engine/statistics/race.h"
#include "engine/statistics/wording.h"

namespace gpu_sweep {
namespace {

std::string seeds_count(int seeds) { return counted(static_cast<std::size_t>(seeds), "seed"); }

/// "50 of 60 models left it, 40 of them after 4 seeds and 10 after 6"
std::string who_left(const Experiment& experiment, const Purchase& race) {
  const std::string all = counted(experiment.models.size(), "model");
  if (race.left.empty()) return "none of " + all + " left it";
  std::vector<std::string> parts;
  for (const Look& look : race.looks) {
    const auto left = std::ranges::count(race.left, look.seeds, &Leaver::seeds);
    if (left == 0) continue;
    parts.push_back(with_thousands(left) + (parts.empty() && left < std::ssize(race.left) ? " of them" : "") +
                    " after " + (parts.empty() ? seeds_count(look.seeds) : with_thousands(look.seeds)));
  }
  const std::string count = with_thousands(std::ssize(race.left));
  if (parts.size() == 1) {
    return fmt::format("{} of {} left it after {}", count, all, seeds_count(race.left.front().seeds));
  }
  std::string text = fmt::format("{} of {} left it, ", count, all);
  for (std::size_t i = 0; i < parts.size(); ++i) {
    text += (i == 0 ? "" : i + 1 == parts.size() ? " and " : ", ") + parts[i];
  }
  return text;
}

/// Says what is guaranteed about the models that remain.
std::string guarantee(const Purchase& race) {
  const std::size_t remain = race.looks.back().models;
  if (race.spread->freedom < 1) {
    return "No model could leave because of its accuracies: too few models finished the first round to know "
           "how much runs spread.";
  }
  return fmt::format(
      "{} after {}. The model with the highest mean validation accuracy is dropped in at most {} of such "
      "races, however often they are looked at, if accuracies are normal and spread equally over the seeds "
      "of every model (by {} points, of the models that raced until then).",
      remain == 0   ? "None remains"
      : remain == 1 ? "1 remains"
                    : with_thousands(static_cast<long long>(remain)) + " remain",
      seeds_count(race.looks.back().seeds), percent(kRaceError, 0), points(race.spread->deviation));
}

std::string race_sentence(const Experiment& experiment, const Purchase& race, const Design& design) {
  std::string text = fmt::format("Seeds were bought as a race by validation accuracy, at most {} of each",
                                 with_thousands(experiment.runs));
  if (!race.looks.empty()) text += ": " + who_left(experiment, race);
  if (!race.complete) {
    text += "; this race is " + not_finished_text(race, design.missing);
  }
  text += ".";
  if (race.looks.empty()) {
    return text + (race.complete ? fmt::format(" So few cannot drop any: it takes {}.",
                                               race_first_round(experiment.models.size()))
                                 : "");
  }
  const auto failing = std::ranges::count_if(race.left, &Leaver::diverged);
  if (failing > 0) {
    text += fmt::format(" {} because more than {} of {} runs diverge.",
                        counted(static_cast<std::size_t>(failing), "model") + " left",
                        percent(experiment.analysis.max_diverged, 0), failing == 1 ? "its" : "their");
  }
  return text + " " + guarantee(race);
}

}  // namespace

std::string left_text(int seeds) { return "left the race after " + seeds_count(seeds); }

Design race_design(const Experiment& experiment, std::span<const RunRecord> runs) {
  Design design;
  design.purchase = race_of(experiment, runs);
  const Purchase& race = *design.purchase;
  design.missing = missing_runs(experiment, runs_by_model(experiment, runs), race);
  if (!race.looks.empty()) design.undecided = race.looks.back().undecided;
  for (const Look& look : race.looks) {
    std::vector<std::string> names;
    for (const Leaver& each : race.left) {
      if (each.seeds == look.seeds) names.push_back(experiment.models[each.model].name);
    }
    if (!names.empty()) design.leavers.push_back(left_text(look.seeds) + ": " + quoted_list(names));
  }
  design.sentence = race_sentence(experiment, race, design);
  return design;
}

}  // namespace gpu_sweep
