#include "python/core/train_study.h"

#include <nanobind/stl/optional.h>
#include <nanobind/stl/string.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "engine/experiment/hyper_parameters.h"
#include "engine/experiment/nearest_name.h"
#include "engine/statistics/verdict.h"
#include "engine/statistics/wording.h"
#include "engine/store/files/atomic_file.h"
#include "engine/study/check_devices.h"
#include "engine/study/fit_groups.h"
#include "engine/study/keep_runs.h"
#include "engine/study/until_decided.h"
#include "engine/study/write_results.h"
#include "engine/sweep/cost.h"
#include "gpu_sweep/error.h"
#include "gpu_sweep/scheduler.h"
#include "python/core/arrays.h"
#include "python/core/call.h"

namespace gpu_sweep::python {

namespace nb = nanobind;

namespace {

/// The progress of the training: the work that is done, and the total.
struct Tally {
  double flops = 0;
  double done = 0;
  ProgressNow now;
};

struct Request {
  Experiment experiment;
  const DataSource& data;
  std::string out;
  SetupWishes wishes;
  std::filesystem::path weights;  ///< empty if no weights are kept
  bool keep_probabilities = false;
  bool write_results = true;  ///< summary.json and report.html
  SnapshotInterval snapshots;
};

void check_range(const std::string& name, const std::optional<int>& value, const IntegerRange& range) {
  if (!value || range.contains(*value)) return;
  throw Error(ExitCode::kUsage,
              name + ": found " + std::to_string(*value) + ", expected " + range.to_string());
}

Precision parse_precision_argument(const std::string& text) {
  if (const auto precision = parse_precision(text)) return *precision;
  throw Error(ExitCode::kUsage, "precision: found " + shown_text(text) +
                                    did_you_mean(text, precision_names()) + ", expected " +
                                    list_of(precision_names()));
}

/// The training of an experiment, and what the functions below need for it.
struct Sweep {
  const Request& request;
  const Setup& setup;
  const NamesOfRuns& names;
  Mailbox& mailbox;
  const std::stop_token& stop;
  const std::shared_ptr<Tally> work = std::make_shared<Tally>();
};

/// Says how many runs of the experiment are kept.
std::string kept_text(const RunStore& store, const Sweep& sweep) {
  const std::size_t kept = count_kept(store, sweep.names);
  const std::string share =
      sweep.request.experiment.analysis.until_decided
          ? counted(kept, "run")
          : std::to_string(kept) + " of " + std::to_string(sweep.names.size()) + " runs";
  return share + " are kept in " + store.directory().string() + "; the same call continues";
}

/// Adds `groups` to the total work, and returns events that count what the lanes report about these groups.
SweepEvents counting_events(const std::vector<GroupSpec>& groups, const Sweep& sweep) {
  const auto left = std::make_shared<WorkLeft>(groups, rows_of_splits(sweep.setup.dataset));
  const std::shared_ptr<Tally> work = sweep.work;
  Mailbox& mailbox = sweep.mailbox;
  work->flops += left->total();
  work->now.all_runs += count_runs(groups);
  const auto advance = [work](double flops) {
    work->done += flops;
    work->now.share = std::min(1.0, work->done / work->flops);
  };
  SweepEvents events;
  events.on_epoch = [work, left, advance, &mailbox](const GroupSpec& group, int) {
    advance(left->epoch_done(group));
    mailbox.progress(work->now);
  };
  events.on_run = [work, left, advance, &mailbox](const RunRecord& run, const Weights&) {
    if (run.diverged_epoch) mailbox.warn(diverged_line(run));
    advance(left->run_ended(run));
    ++work->now.runs;
    mailbox.progress(work->now);
  };
  events.on_remark = [&mailbox](const std::string& line) { mailbox.warn(line); };
  return events;
}

/// Trains `opened.left`. Returns whether all of these runs were trained, which a stop can prevent.
bool train_missing(OpenedStore& opened, const Sweep& sweep) {
  const Setup& setup = sweep.setup;
  Mailbox& mailbox = sweep.mailbox;
  const Warn warn = [&mailbox](const std::string& line) { mailbox.warn(line); };
  const DiskPatience patience(std::chrono::seconds(0), sweep.stop, warn);
  const auto start = std::chrono::steady_clock::now();
  SweepEvents events = counting_events(opened.left, sweep);
  events.keep = keep_in(opened.store, setup.dataset, sweep.names, sweep.request.weights);
  events.wants_weights = !sweep.request.weights.empty();
  events.snapshots = snapshot_events(sweep.request.snapshots, opened, patience);
  try {
    check_devices(setup, opened.left, sweep.stop);
    const SweepResult result = run_groups(opened.left, setup.dataset, setup.devices,
                                          {.lanes = useful_lanes(setup, opened.left.size()),
                                           .lane_options = setup.lane_options,
                                           .events = events,
                                           .stop = sweep.stop});
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
    keep_wall_seconds(opened.store, seconds.count(), patience, warn);
    mailbox.set_outcome(kept_text(opened.store, sweep));
    return static_cast<std::size_t>(result.runs_done) == count_runs(opened.left);
  } catch (const Error&) {
    if (opened.store.is_in_place()) mailbox.set_outcome(kept_text(opened.store, sweep));
    throw;
  }
}

/// Returns the hashes of the data on which the runs in a folder were trained. Returns empty hashes if they
/// cannot be read.
DataHashes hashes_in(const std::string& out) {
  try {
    return RunStore::open(out).stored().provenance.data_sha256;
  } catch (const Error&) {
    return {};  // there is no store, or open_store will report what is wrong with it
  }
}

/// Trains the study that is requested. Returns the folder of its results, which is `request.out`, unless it
/// was moved meanwhile.
std::string train_study(const Request& request, Mailbox& mailbox, const std::stop_token& stop) {
  const Warn warn = [&mailbox](const std::string& line) { mailbox.warn(line); };
  const Experiment& experiment = request.experiment;
  const bool until_decided = experiment.analysis.until_decided;
  if (request.write_results) refuse_foreign_results(request.out);
  Setup setup = choose_setup(request.wishes);
  setup.keep_probabilities = request.keep_probabilities;
  DataRemarks remarks;
  setup.dataset = request.data.dataset(&remarks, experiment, hashes_in(request.out));
  const std::vector<RunSpec> runs = expand(experiment, setup.dataset, plan_options(setup));
  const PlanOptions options = fit_groups(setup, runs_to_group(runs, experiment));
  const NamesOfRuns names = names_of(runs);
  if (!request.weights.empty()) {
    make_directory(request.weights);
    refuse_weights_of_studies(runs, request.out, request.weights);
  }
  if (stop.stop_requested()) return request.out;
  OpenedStore opened = open_store(request.out, experiment, runs, setup, options, stop, warn);
  for (const std::string& line : remarks.warnings) warn(line);
  for (const std::string& line : experiment.warnings) warn(line);
  for (const std::string& line : setup.warnings) warn(line);
  for (const std::string& line : setup.notices) mailbox.note(line);
  if (!remarks.notice.empty()) mailbox.note(remarks.notice);
  const std::string can_tell = what_to_expect(experiment);
  if (!can_tell.empty()) mailbox.note(can_tell);
  if (!request.weights.empty()) {
    prepare_weights_folder(runs, opened.left, opened.store, request.weights, warn);
  }
  const Sweep sweep{request, setup, names, mailbox, stop};
  bool trains = false;
  const auto train = [&](const std::string& round) {
    if (!round.empty()) mailbox.note(round);
    trains = true;
    return train_missing(opened, sweep);
  };
  const bool done = until_decided ? train_rounds(opened, experiment, runs, setup.dataset, options, train)
                                  : opened.left.empty() || train("");
  const std::filesystem::path directory = opened.store.directory();
  if (!done) return directory.string();
  RunStore& store = opened.store;
  if (request.write_results) {
    const std::vector<RunRecord> records = trains ? store.read_back() : store.runs();
    write_results(directory, store.stored(), records, &setup.dataset, warn, warn);
  }
  require_in_place(store);
  return directory.string();
}

}  // namespace

void bind_train_study(nb::module_& module) {
  module.def(
      "train_study",
      [](const Experiment& experiment, const DataSource& data, const std::string& out,
         const std::string& device, const std::optional<std::string>& precision,
         const std::optional<int>& lanes, const std::optional<int>& replicas_per_group, bool keep_weights,
         bool keep_probabilities, const std::optional<double>& snapshot_seconds, bool write_results,
         bool until_decided, bool race, const std::optional<int>& max_runs, nb::object on_warning,
         nb::object on_note, nb::object on_progress) {
        check_range("max_runs", max_runs, kRunsRange);
        check_range("lanes", lanes, kLanesRange);
        check_range("replicas_per_group", replicas_per_group, kReplicasRange);
        Request request{
            experiment, data, out, {}, {}, keep_probabilities, write_results, kDefaultSnapshotInterval};
        if (until_decided) buy_until_decided(request.experiment, max_runs);
        if (race) buy_as_race(request.experiment, max_runs);
        request.wishes.device = device;
        if (precision) request.wishes.precision = parse_precision_argument(*precision);
        request.wishes.lanes = lanes;
        request.wishes.replicas_per_group = replicas_per_group;
        if (keep_weights) request.weights = std::filesystem::path(out) / "weights";
        if (snapshot_seconds) request.snapshots = {0, *snapshot_seconds};
        std::string directory;
        run_aside([&](Mailbox& mailbox,
                      const std::stop_token& stop) { directory = train_study(request, mailbox, stop); },
                  {std::move(on_warning), std::move(on_note), std::move(on_progress)});
        return directory;
      },
      nb::arg("experiment"), nb::arg("data"), nb::arg("out"), nb::kw_only(), nb::arg("device"),
      nb::arg("precision").none(), nb::arg("lanes").none(), nb::arg("replicas_per_group").none(),
      nb::arg("keep_weights"), nb::arg("keep_probabilities"), nb::arg("snapshot_seconds").none(),
      nb::arg("write_results"), nb::arg("until_decided"), nb::arg("race"), nb::arg("max_runs").none(),
      nb::arg("on_warning").none(), nb::arg("on_note").none(), nb::arg("on_progress").none());
}

}  // namespace gpu_sweep::python
