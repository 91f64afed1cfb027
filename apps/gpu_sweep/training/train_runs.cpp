#include "apps/gpu_sweep/training/train_runs.h"

#include <chrono>
#include <iostream>

#include "apps/gpu_sweep/training/progress.h"
#include "engine/report/text/profile_table.h"
#include "engine/study/check_devices.h"
#include "engine/study/fit_groups.h"
#include "engine/study/keep_runs.h"
#include "engine/sweep/cost.h"
#include "gpu_sweep/scheduler.h"

namespace gpu_sweep {
namespace {

double steady_seconds() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

Progress::Style progress_style(bool quiet) {
  if (quiet) return Progress::Style::kQuiet;
  return can_redraw() ? Progress::Style::kBar : Progress::Style::kLines;
}

}  // namespace

void say_stopping(const Interrupted& by) {
  say_over_bar(is_command(by.signal)
                   ? "stopping; repeat to stop at once"
                   : "stopping, by " + to_string(by) + "; Ctrl-C or SIGTERM twice to stop at once");
}

TrainingOutcome train_runs(const std::vector<GroupSpec>& groups, const Setup& setup,
                           const StopSignals& signals, const RunSink& sink,
                           const std::vector<Weights>& initial, const TrainGroups& elsewhere) {
  if (!elsewhere) check_devices(setup, groups, signals.token());
  WorkLeft work(groups, rows_of_splits(setup.dataset));
  const int runs = static_cast<int>(count_runs(groups));
  const double start = steady_seconds();
  Progress progress(std::cerr, progress_style(setup.quiet), work.total(), runs, steady_seconds,
                    terminal_columns);

  SweepEvents events;
  events.on_epoch = [&](const GroupSpec& group, int) { progress.advance(work.epoch_done(group)); };
  events.keep = sink.keep;
  events.on_run = [&](const RunRecord& run, const Weights&) {
    if (run.diverged_epoch) progress.note("warning: " + diverged_line(run));
    progress.advance(work.run_ended(run));
    progress.run_finished();
  };
  events.on_remark = [&](const std::string& line) { progress.note("warning: " + line); };
  events.wants_weights = sink.wants_weights;
  events.snapshots = sink.snapshots;

  const SweepResult result = elsewhere ? elsewhere(groups, events)
                                       : run_groups(groups, setup.dataset, setup.devices,
                                                    {.lanes = useful_lanes(setup, groups.size()),
                                                     .lane_options = setup.lane_options,
                                                     .events = events,
                                                     .stop = signals.token(),
                                                     .initial = initial});
  progress.finish();
  if (setup.lane_options.profile) std::cerr << profile_table(*setup.lane_options.profile);
  const bool all_done = result.runs_done == runs;
  return {result.runs_done, all_done ? std::nullopt : signals.stopped(), steady_seconds() - start};
}

}  // namespace gpu_sweep
