#include "apps/gpu_sweep/commands/roofline_text.h"

#include <fmt/format.h>

#include "apps/gpu_sweep/flags/flags.h"
#include "engine/statistics/wording.h"

namespace gpu_sweep {

Card card_of_flag(const std::string& name) {
  const std::optional<Card> card = find_card(name);
  if (!card) fail_name("--roofline", name, card_names());
  return *card;
}

namespace {

std::string table(const Roofline& floor) {
  std::string text =
      fmt::format("{:<36}{:>11}{:>11}{:>11}{:>9}\n", "operation", "calls", "TFLOP", "TB", "seconds");
  for (const RooflineLine& line : floor.lines) {
    text += fmt::format("{:<36}{:>11.0f}{:>11.2f}{:>11.3f}{:>9.3f}\n", line.operation, line.calls,
                        line.flops / 1e12, line.bytes / 1e12, line.seconds);
  }
  text += fmt::format("{:<36}{:>11}{:>11.2f}{:>11.3f}{:>9.3f}\n\n", "all", "", floor.flops / 1e12,
                      floor.bytes / 1e12, floor.seconds);
  return text;
}

/// Formats the comparison with a library without fused operations. Bytes are per call and replica, except in
/// the row of the sums.
std::string unfused_table(const Roofline& floor) {
  std::string text = fmt::format("{:<36}{:>11}{:>11}{:>9}{:>8}{:>12}{:>9}\n", "operation", "calls", "bytes",
                                 "seconds", "passes", "bytes", "seconds");
  for (const RooflineLine& line : floor.lines) {
    text += fmt::format("{:<36}{:>11.0f}{:>11.0f}{:>9.3f}{:>8.0f}{:>12.0f}{:>9.3f}\n", line.operation,
                        line.calls, line.bytes / line.replica_calls, line.seconds, line.unfused_passes,
                        line.unfused_bytes / line.replica_calls, line.unfused_seconds);
  }
  text +=
      fmt::format("{:<36}{:>11}{:>9.2f}TB{:>9.3f}{:>8}{:>10.2f}TB{:>9.3f}\n\n", "all", "", floor.bytes / 1e12,
                  floor.seconds, "", floor.unfused_bytes / 1e12, floor.unfused_seconds);
  text +=
      "bytes: per call and replica; passes, bytes and seconds on the right: the same work as\n"
      "single-purpose calls, with float pixels, stored masks and one elementary function per pass\n";
  return text;
}

}  // namespace

std::string roofline_text(const Experiment& experiment, const Dataset& dataset, const SetupFlags& flags,
                          const Card& card, bool unfused) {
  PlanOptions options;
  options.device_kind = "cuda";
  options.precision = flags.precision.value_or(Precision::kTf32);
  options.replicas_per_group = flags.replicas_per_group.value_or(default_replicas("cuda", experiment.runs));
  const std::vector<GroupSpec> groups = plan_groups(expand(experiment, dataset, options), dataset, options);
  const Roofline floor = roofline(groups, dataset_layout(dataset), card);

  std::string text = unfused ? unfused_table(floor) : table(floor);
  text += fmt::format(
      "computed, not measured: {} in {}, {} of up to {}; every operand of every operation\n"
      "crosses {:.2f} TB/s of memory once and no product beats the data sheet; launches cost nothing\n",
      card.name, to_string(options.precision), counted(groups.size(), "group"),
      counted(static_cast<std::size_t>(options.replicas_per_group), "run"), card.bytes_per_second / 1e12);
  return text;
}

}  // namespace gpu_sweep
