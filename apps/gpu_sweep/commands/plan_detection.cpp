#include "apps/gpu_sweep/commands/plan_detection.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <stdexcept>

#include "apps/gpu_sweep/lost_runs.h"
#include "engine/experiment/hyper_parameters.h"
#include "engine/statistics/comparison.h"
#include "engine/statistics/judged_metric.h"
#include "engine/statistics/wording.h"
#include "gpu_sweep/error.h"
#include "gpu_sweep/run_store.h"

namespace gpu_sweep {
namespace {

[[noreturn]] void refuse(const std::string& what) { throw Error(ExitCode::kUsage, what); }

SeedNoise noise_of_pilot(const std::vector<ModelRuns>& models, const std::string& pilot) {
  try {
    return SeedNoise(models);
  } catch (const std::invalid_argument&) {
    refuse("--pilot: found fewer than two finished runs on common seeds in " + shown_text(pilot) +
           ", expected more");
  }
}

}  // namespace

void check_detect_flags(const DetectFlags& flags, const Experiment& experiment) {
  if (!flags.points) {
    if (!flags.deviation && flags.pilot.empty()) return;
    refuse("--pilot and --deviation: found no --detect POINTS, expected it with them");
  }
  if (flags.pilot.empty() == !flags.deviation) {
    refuse(flags.deviation ? "--pilot and --deviation: found both, expected one of them"
                           : "--detect: found neither --pilot nor --deviation, expected one of them to say "
                             "how much runs differ by their seeds");
  }
  if (experiment.analysis.until_decided) {
    refuse(std::string("--detect: found ") + experiment.analysis.buying_flag() +
           " as well, expected one of them: --detect answers for a number of runs fixed beforehand");
  }
  if (experiment.models.size() < 2) refuse("--detect: found one model, expected two or more to compare");
}

Detection detect(const DetectFlags& flags, const Experiment& experiment, const Dataset& dataset,
                 double seconds_per_seed) {
  if (dataset.has_split_per_run()) {
    refuse(
        "--detect: found split = \"per_run\", expected \"shared\": over training sets that overlap, no "
        "number of runs shows every difference");
  }
  Detection found;
  found.points = flags.points.value();
  found.models = experiment.models.size();
  std::optional<SeedNoise> noise;
  if (flags.deviation) {
    noise.emplace(*flags.deviation / 100, dataset[judged_metric(experiment).split].rows);
    found.source = fmt::format("models that spread by {} points over seeds, independently, as stated",
                               number_text(*flags.deviation));
  } else {
    const RunStore store = RunStore::open(flags.pilot);
    if (store.stored().provenance.data_sha256 != dataset.sha256) {
      refuse("--pilot: found results on other data in " + shown_text(flags.pilot) +
             ", expected the data of this experiment");
    }
    LostRuns lost;
    const std::vector<RunRecord> runs = lost.intact_runs(store);
    const std::vector<ModelRuns> models = runs_by_model(store.stored().experiment, runs);
    if (store.stored().provenance.data_settings.split == SplitPolicy::kPerRun) {
      refuse("--pilot: found results with split = \"per_run\" in " + shown_text(flags.pilot) +
             ", expected \"shared\" as in this experiment");
    }
    const std::optional<HoldOut>& validation = store.stored().provenance.data_settings.validation;
    if (validation && validation->is_none()) {
      refuse("--pilot: found results without validation rows in " + shown_text(flags.pilot) +
             ", expected ones with them: models are compared by these rows");
    }
    noise = noise_of_pilot(models, flags.pilot);
    found.has_pilot = true;
    constexpr int kFewRuns = 20;
    found.source =
        fmt::format("{} of {} in {}{}", counted(static_cast<std::size_t>(noise->pilot_runs()), "run"),
                    counted(static_cast<std::size_t>(noise->pilot_models()), "model"), flags.pilot,
                    noise->pilot_runs() < kFewRuns ? ", which know it only roughly" : "");
    found.floor = image_floor(models, dataset[Split::kTest].labels, found.points / 100, found.models);
  }
  found.deviation = 100 * noise->deviation_of_differences();
  found.needed = runs_to_detect(*noise, found.points / 100, found.models);
  if (found.needed) found.seconds = found.needed->runs * seconds_per_seed;
  return found;
}

std::string detection_text(const Detection& found) {
  const std::string difference = number_text(found.points) + " points";
  std::string text = "detect   " + difference + ", by which one model is better than the others: ";
  if (!found.needed) {
    text += "no feasible number of runs tells it\n";
  } else {
    text += fmt::format("{} of each\n", counted(static_cast<std::size_t>(found.needed->runs), "run"));
    text +=
        found.needed->studies > 0
            ? fmt::format("         told in {} of {} simulated studies by the report's rule, {} corrected; ",
                          percent(found.needed->power, 0), with_thousands(found.needed->studies),
                          counted(pairs_of(found.models), "pair"))
            : fmt::format(
                  "         told in four of five studies by the normal approximation, {} "
                  "corrected; ",
                  counted(pairs_of(found.models), "pair"));
    text += "about " + duration_text(found.seconds.value()) + "\n";
  }
  text +=
      fmt::format("         two models differ by a standard deviation of {} points on a seed:\n         {}\n",
                  fixed(found.deviation, 3), found.source);
  if (found.floor) {
    const std::string images = counted(static_cast<std::size_t>(found.floor->images), "image");
    text +=
        found.floor->runs
            ? fmt::format("         on new images: about {} of each, with {} for testing\n",
                          counted(static_cast<std::size_t>(*found.floor->runs), "run"), images)
            : fmt::format("         no number of runs shows {} on new images with {}: at best {} points\n",
                          difference, images, points(found.floor->smallest));
  } else {
    text += found.has_pilot
                ? "         too few test images on which the pilot's models differ to say anything "
                  "of new images\n"
                : "         nothing is said about new images: that takes a --pilot\n";
  }
  return text;
}

nlohmann::ordered_json detection_json(const Detection& found) {
  using Json = nlohmann::ordered_json;
  Json json = {{"points", found.points}, {"models", found.models}, {"pairs", pairs_of(found.models)}};
  json["runs"] = found.needed ? Json(found.needed->runs) : Json(nullptr);
  json["power"] = found.needed ? Json(found.needed->power) : Json(nullptr);
  json["simulated_studies"] = found.needed ? Json(found.needed->studies) : Json(nullptr);
  json["seconds"] = found.seconds ? Json(*found.seconds) : Json(nullptr);
  json["deviation_of_differences"] = found.deviation;
  json["source"] = found.source;
  json["new_images"] = nullptr;
  if (found.floor) {
    json["new_images"] = {{"images", found.floor->images},
                          {"smallest_points", 100 * found.floor->smallest},
                          {"runs", found.floor->runs ? Json(*found.floor->runs) : Json(nullptr)}};
  }
  return json;
}

}  // namespace gpu_sweep
