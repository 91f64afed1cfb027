// gpu_sweep compare: the differences between two experiments, seed by seed.
#include <CLI/CLI.hpp>
#include <memory>
#include <nlohmann/json.hpp>

#include "apps/gpu_sweep/commands/command.h"
#include "apps/gpu_sweep/lost_runs.h"
#include "apps/gpu_sweep/output.h"
#include "engine/report/display_width.h"
#include "engine/report/text/comparison_tables.h"
#include "gpu_sweep/error.h"

namespace gpu_sweep {
namespace {

struct CompareFlags {
  std::string first;
  std::string second;
  bool json = false;
};

void compare_directories(const CompareFlags& flags) {
  if (flags.second.empty()) {
    throw Error(ExitCode::kUsage, "two folders are needed, expected gpu_sweep compare DIR_A DIR_B");
  }
  const RunStore first_store = RunStore::open(flags.first);
  const RunStore second_store = RunStore::open(flags.second);
  LostRuns lost;
  const std::vector<RunRecord> first_runs = lost.intact_runs(first_store);
  const std::vector<RunRecord> second_runs = lost.intact_runs(second_store);
  const auto compared = [](const std::string& directory, const StoredExperiment& stored,
                           const std::vector<RunRecord>& runs) {
    return ComparedExperiment{directory, &stored, runs_by_model(stored, runs)};
  };
  const ComparedExperiment first = compared(flags.first, first_store.stored(), first_runs);
  const ComparedExperiment second = compared(flags.second, second_store.stored(), second_runs);
  const auto metrics = compare_experiments(first, second);
  using Json = nlohmann::ordered_json;
  print_data(
      flags.json
          ? printable_json(
                comparison_json(first, second, metrics).dump(2, ' ', false, Json::error_handler_t::replace)) +
                "\n"
          : comparison_tables(first, second, metrics));
  lost.check();
}

}  // namespace

Command add_compare_command(CLI::App& program) {
  CLI::App* app = program.add_subcommand("compare", "Compare two experiments, seed by seed");
  const auto flags = std::make_shared<CompareFlags>();
  app->add_option("first", flags->first, "folder that gpu_sweep run wrote")->type_name("DIR_A");
  app->add_option("second", flags->second, "another one, trained on the same data")->type_name("DIR_B");
  app->add_flag("--json", flags->json, "print JSON instead of the tables");
  app->footer(
      "Prints mean differences with 95 % intervals, Wilcoxon's p after Holm's correction, and the share\n"
      "of seeds on which the first is greater, preceded by what was changed between models of the same\n"
      "name.\n\n"
      "Models of the same name are compared. If no name is in both folders, every model is compared with\n"
      "every other, up to 10,000 pairs.\n\n"
      "Example: gpu_sweep compare results/quick results/quick_tanh");
  return {app, [flags] { compare_directories(*flags); }};
}

}  // namespace gpu_sweep
