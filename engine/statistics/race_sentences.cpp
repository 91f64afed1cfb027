// The sentences about a race: which models left it, and what is guaranteed about the others.
#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <map>

#include "engine/statistics/comparison.h"
#include "engine/statistics/pair_sentences.h"
#include "engine/statistics/race.h"
#include "engine/statistics/wording.h"

namespace gpu_sweep {
namespace {

std::string seeds_count(int seeds) { return counted(static_cast<std::size_t>(seeds), "seed"); }

/// Says what is guaranteed about the models that remain.
std::string guarantee(const Purchase& race) {
  if (race.spread->freedom < 1) {
    return "No model could leave because of its accuracies: too few models finished the first round to know "
           "how much runs spread.";
  }
  return fmt::format("{} after {}. {}", remaining_text(race.looks.back().models),
                     seeds_count(race.looks.back().seeds),
                     race_guarantee(fmt::format(" (by {} points, of the models that raced until then)",
                                                points(race.spread->deviation))));
}

std::vector<int> seeds_of_leavers(const Purchase& race) {
  std::vector<int> seeds;
  for (const Leaver& each : race.left) seeds.push_back(each.seeds);
  return seeds;
}

std::string race_sentence(const Experiment& experiment, const Purchase& race, const Design& design) {
  std::string text = fmt::format("Seeds were bought as a race by validation accuracy, at most {} of each",
                                 with_thousands(experiment.runs));
  if (!race.looks.empty()) text += ": " + who_left(experiment.models.size(), seeds_of_leavers(race));
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

std::string who_left(std::size_t models, const std::vector<int>& left) {
  const std::string all = counted(models, "model");
  if (left.empty()) return "none of " + all + " left it";
  std::map<int, std::ptrdiff_t> leavers;  // by the number of seeds
  for (const int seeds : left) ++leavers[seeds];
  const std::string count = with_thousands(std::ssize(left));
  if (leavers.size() == 1) {
    return fmt::format("{} of {} left it after {}", count, all, seeds_count(left.front()));
  }
  std::string text = fmt::format("{} of {} left it, ", count, all);
  for (const auto& [seeds, number] : leavers) {
    const bool first = seeds == leavers.begin()->first;
    text += first ? fmt::format("{} of them after {}", with_thousands(number), seeds_count(seeds))
            : seeds == leavers.rbegin()->first
                ? fmt::format(" and {} after {}", with_thousands(number), with_thousands(seeds))
                : fmt::format(", {} after {}", with_thousands(number), with_thousands(seeds));
  }
  return text;
}

std::string remaining_text(std::size_t models) {
  return models == 0   ? "None remains"
         : models == 1 ? "1 remains"
                       : with_thousands(static_cast<long long>(models)) + " remain";
}

std::string race_guarantee(const std::string& spread) {
  return fmt::format(
      "The model with the highest mean validation accuracy is dropped in at most {} of such races, however "
      "often they are looked at, if accuracies are normal and spread equally over the seeds of every "
      "model{}.",
      percent(kRaceError, 0), spread);
}

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
