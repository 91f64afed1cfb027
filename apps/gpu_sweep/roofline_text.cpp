#include "apps/gpu_sweep/roofline_text.h"

#include <fmt/format.h>

#include "apps/gpu_sweep/flags.h"

namespace gpu_sweep {

Card card_of_flag(const std::string& name) {
  const std::optional<Card> card = find_card(name);
  if (!card) fail_name("--roofline", name, card_names());
  return *card;
}

std::string roofline_text(const Experiment& experiment, const Dataset& dataset, const SetupFlags& flags,
                          const Card& card) {
  PlanOptions options;
  options.device_kind = "cuda";
  options.precision = flags.precision.value_or(Precision::kTf32);
  options.replicas_per_group = flags.replicas_per_group.value_or(default_replicas("cuda", experiment.runs));
  const std::vector<GroupSpec> groups = plan_groups(expand(experiment, dataset, options), dataset, options);
  const Roofline floor = roofline(groups, dataset_layout(dataset), card);

  std::string text =
      fmt::format("{:<36}{:>11}{:>11}{:>11}{:>9}\n", "operation", "calls", "TFLOP", "TB", "seconds");
  for (const RooflineLine& line : floor.lines) {
    text += fmt::format("{:<36}{:>11.0f}{:>11.2f}{:>11.3f}{:>9.3f}\n", line.operation, line.calls,
                        line.flops / 1e12, line.bytes / 1e12, line.seconds);
  }
  text += fmt::format("{:<36}{:>11}{:>11.2f}{:>11.3f}{:>9.3f}\n\n", "all", "", floor.flops / 1e12,
                      floor.bytes / 1e12, floor.seconds);
  text += fmt::format(
      "computed, not measured: {} in {}, {} groups of up to {} runs; every operand of every operation\n"
      "crosses {:.2f} TB/s of memory once and no product beats the data sheet; launches cost nothing\n",
      card.name, to_string(options.precision), groups.size(), options.replicas_per_group,
      card.bytes_per_second / 1e12);
  return text;
}

}  // namespace gpu_sweep
