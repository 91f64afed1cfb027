#include "apps/gpu_sweep/training/shard.h"

#include <algorithm>
#include <set>

#include "apps/gpu_sweep/flags/flags.h"
#include "apps/gpu_sweep/output.h"

namespace gpu_sweep {
namespace {

constexpr IntegerRange kShards{1, 100'000};

}  // namespace

Shard parse_shard_flag(const std::string& text) {
  const std::size_t slash = text.find('/');
  if (slash == std::string::npos) {
    fail_flag("--shard", text, "I/N: share I, from 1 on, of N");
  }
  Shard shard;
  shard.count = static_cast<int>(parse_integer_flag("--shard", text.substr(slash + 1), kShards));
  shard.index = static_cast<int>(parse_integer_flag("--shard", text.substr(0, slash), kShards));
  if (shard.index > shard.count) {
    const std::string count = std::to_string(shard.count);
    fail_flag("--shard", text, "1/" + count + " to " + count + "/" + count);
  }
  return shard;
}

void add_shard_flag(CLI::App& app, std::optional<Shard>& target) {
  const auto set = [&target](const std::string& text) { target = parse_shard_flag(text); };
  app.add_option_function<std::string>(
         "--shard", set,
         "train only share I of N (1/N to N/N), for job arrays; the default folder is then\n"
         "results/NAME.shard-I-of-N, and gpu_sweep merge combines the shards")
      ->type_name("I/N");
}

std::string default_directory(const Experiment& experiment, const std::optional<Shard>& shard) {
  const std::string whole = "results/" + experiment.name;
  if (!shard) return whole;
  return whole + ".shard-" + std::to_string(shard->index) + "-of-" + std::to_string(shard->count);
}

PlanOptions shard_options(const Setup& setup, int runs_of_model) {
  PlanOptions options = plan_options(setup);
  options.replicas_per_group =
      setup.replicas_per_group.value_or(default_replicas(options.device_kind, runs_of_model));
  return options;
}

std::vector<RunSpec> runs_to_train(const std::vector<RunSpec>& all, const Setup& setup,
                                   const PlanOptions& options) {
  if (!setup.shard) return all;
  const std::vector<GroupSpec> groups = plan_groups(all, setup.dataset, options);
  std::set<std::string> keys;
  for (const RunSpec& run : shard_runs(groups, setup.dataset, *setup.shard)) keys.insert(run.key);
  if (keys.empty()) {
    warn("--shard: there are " + std::to_string(groups.size()) +
         " groups of runs and none is left for shard " + to_string(*setup.shard) +
         "; a smaller --replicas-per-group makes more groups");
  }
  std::vector<RunSpec> runs;
  std::ranges::copy_if(all, std::back_inserter(runs),
                       [&](const RunSpec& run) { return keys.contains(run.key); });
  return runs;
}

}  // namespace gpu_sweep
