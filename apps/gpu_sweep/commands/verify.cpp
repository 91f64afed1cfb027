// gpu_sweep verify: looks for damage in a folder of results, without changing anything.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>
#include <memory>
#include <optional>
#include <set>
#include <span>

#include "apps/gpu_sweep/commands/command.h"
#include "apps/gpu_sweep/commands/findings.h"
#include "apps/gpu_sweep/commands/verify_exports.h"
#include "apps/gpu_sweep/flags/flags.h"
#include "engine/report/export/summary_json.h"
#include "engine/statistics/new_images.h"
#include "engine/statistics/wording.h"
#include "engine/store/database/ledger.h"
#include "engine/store/files/raw_file.h"
#include "engine/store/formats/parse_weights.h"
#include "engine/store/runs/probabilities.h"
#include "engine/store/runs/store_file.h"
#include "engine/store/snapshots/snapshot_file.h"
#include "engine/store/snapshots/snapshot_store.h"
#include "engine/study/weights_folder.h"
#include "gpu_sweep/error.h"

namespace gpu_sweep {
namespace {

namespace fs = std::filesystem;

struct VerifyFlags {
  std::string directory;
  std::string weights;
};

std::vector<fs::path> npz_files(const fs::path& directory) {
  std::vector<fs::path> files;
  if (!is_there(directory)) return files;
  std::error_code error;
  for (fs::directory_iterator entry(directory, error), end; !error && entry != end; entry.increment(error)) {
    if (entry->path().extension() == ".npz") files.push_back(entry->path());
  }
  if (error) throw Error(ExitCode::kOutput, "cannot read " + directory.string() + ": " + error.message());
  std::ranges::sort(files);
  return files;
}

/// Returns a message if there is no ledger, or if the ledger lacks some of `runs`; otherwise nothing. Must be
/// called after `runs` were read: a sweep may be writing both, and a ledger that was read before could lack
/// runs that were added since.
std::optional<std::string> ledger_gaps(const fs::path& directory, const std::vector<RunRecord>& runs) {
  const auto ledger = read_ledger(ledger_file(store_file(directory)));
  if (!ledger) return "no ledger; gpu_sweep run or repair writes one";
  std::set<std::string> unnamed;
  for (const RunRecord& run : runs) {
    if (!ledger->runs.contains(run.key)) unnamed.insert(run.key);
  }
  if (unnamed.empty()) return std::nullopt;
  return counted(unnamed.size(), "run") + " not in the ledger; gpu_sweep run or repair adds what it lacks";
}

/// The intact runs of the store.
struct IntactRuns {
  std::vector<RunRecord> runs;
  bool all = false;  ///< no run is damaged, missing or replaced
};

void verify_labels(std::span<const std::uint8_t> labels, const std::vector<RunRecord>& runs,
                   Findings& findings) {
  if (labels.empty()) return;  // as in stores of earlier versions
  const auto unfit = std::ranges::count_if(runs, [&](const RunRecord& run) { return !fit(labels, run); });
  if (unfit == 0) return;
  findings.fault("store", "the true classes of the test split do not fit the results of " +
                              counted(static_cast<std::size_t>(unfit), "run") +
                              ": nothing is claimed about new images");
}

/// Returns the intact runs, if the store can be read.
std::optional<IntactRuns> verify_store(const fs::path& directory, const RunStore& store, Findings& findings) {
  const std::size_t before = findings.faults();
  for (const std::string& remark : store.remarks()) findings.fault("store", remark);
  const std::size_t remarks = findings.faults();
  IntactRuns intact;
  std::vector<std::string> damaged;
  try {
    intact.runs = store.runs(damaged);
  } catch (const Error& error) {
    if (error.code() == ExitCode::kOutput || error.code() == ExitCode::kUsage) throw;
    findings.fault("store", error.what());
    return std::nullopt;
  }
  for (const std::string& line : damaged) findings.fault("store", line);
  for (const std::string& line : store.missing()) findings.fault("store", "missing: " + line);
  for (const std::string& line : store.replaced()) findings.fault("store", line);
  intact.all = findings.faults() == remarks;
  verify_labels(store.stored().provenance.test_labels, intact.runs, findings);
  const std::optional<std::string> gaps = ledger_gaps(directory, intact.runs);
  if (findings.faults() == before) {
    findings.sound("store", counted(intact.runs.size(), "run") +
                                (gaps ? ", the log agrees" : ", the log and the ledger agree"));
  }
  if (gaps) findings.sound("ledger", *gaps);
  return intact;
}

/// `lost` are the lines that lost_probabilities returned.
void verify_probabilities(const fs::path& directory, const std::vector<RunRecord>& runs,
                          const std::vector<std::string>& lost, Findings& findings) {
  const std::size_t before = findings.all();
  for (const std::string& line : lost) findings.fault("probabilities", line);
  std::size_t count = 0;
  for (const RunRecord& run : runs) {
    const KeptProbabilities kept = find_probabilities(directory, run.key, run.test_predictions.size());
    if (!kept.damage.empty()) findings.fault("probabilities", kept.damage);
    if (!kept.unread.empty()) findings.unread("probabilities", kept.unread);
    if (kept.whole) ++count;
  }
  if (findings.all() == before) findings.sound("probabilities", "of " + counted(count, "run"));
}

template <class Load>
void verify_files(const std::string& part, const fs::path& directory, const Load& load, Findings& findings) {
  const std::size_t before = findings.all();
  std::vector<fs::path> files;
  if (!findings.take(part, [&] { files = npz_files(directory); })) return;
  for (const fs::path& file : files) findings.take(part, [&] { load(file); });
  if (findings.all() == before) findings.sound(part, counted(files.size(), "file"));
}

/// Throws Error(kData) if the file is damaged, and Error(kOutput) if it cannot be read.
void check_weights(const fs::path& file) {
  const auto bytes = read_if_there(file, {.most_bytes = kMostNpzBytes});
  if (!bytes) return;  // the file was removed in the meantime
  const auto* const data = reinterpret_cast<const std::uint8_t*>(bytes->data());
  parse_weights(parse_npz({data, bytes->size()}, file.string()), file);
}

void verify_weights(const fs::path& directory, const std::vector<RunRecord>& runs, Findings& findings) {
  verify_files("weights", directory, check_weights, findings);
  findings.take("weights", [&] {
    const auto without = static_cast<std::size_t>(std::ranges::count_if(
        runs, [&](const RunRecord& run) { return !is_there(weights_path(directory, run.model, run.seed)); }));
    if (without > 0) findings.sound("weights", counted(without, "run") + " without weights");
  });
}

void verify(const VerifyFlags& flags) {
  if (flags.directory.empty()) throw Error(ExitCode::kUsage, "no folder, expected gpu_sweep verify DIR");
  if (!flags.weights.empty() && !is_there(flags.weights)) {
    throw Error(ExitCode::kUsage, "--weights: " + flags.weights + " is not there, expected a folder");
  }
  const fs::path directory = flags.directory;
  Findings findings;
  std::optional<RunStore> store;
  std::optional<IntactRuns> intact;
  // The summary is read before the store. If a sweep adds runs in between, the summary is then older than the
  // runs, never newer.
  std::optional<std::string> summary;
  const bool is_summary_read =
      findings.take(kSummaryFile, [&] { summary = read_if_there(directory / kSummaryFile); });
  try {
    store = RunStore::open(directory);
  } catch (const Error& error) {
    if (error.code() != ExitCode::kCorrupt) throw;
    findings.fault("store", error.what());
  }
  if (store) intact = verify_store(directory, *store, findings);
  const bool is_store_damaged = findings.faults() > 0;
  verify_files(
      "snapshots", directory / kSnapshotFolder,
      [](const fs::path& file) { load_snapshot_of(file.stem().string(), file.parent_path()); }, findings);
  if (!flags.weights.empty()) {
    verify_weights(flags.weights, intact ? intact->runs : std::vector<RunRecord>{}, findings);
  }
  std::vector<std::string> lost;
  if (intact) {
    lost = lost_probabilities(directory, summary, store->stored(), intact->runs);
    verify_probabilities(directory, intact->runs, lost, findings);
  }
  if (intact && intact->all) {
    const bool are_lost = !lost.empty();
    if (is_summary_read)
      verify_summary(directory, summary, store->stored(), intact->runs, are_lost, findings);
    verify_exports(directory, store->stored(), intact->runs, are_lost, findings);
  } else {
    name_uncompared_exports(directory, is_summary_read, findings);
  }
  if (findings.all() == 0) return;
  const std::string unread = counted(findings.unread(), "file") + " could not be read";
  if (findings.faults() == 0) {
    throw Error(ExitCode::kOutput, flags.directory + ": " + unread + ", see above; the rest is sound");
  }
  throw Error(ExitCode::kCorrupt,
              flags.directory + ": " + counted(findings.faults(), "fault") + ", see above" +
                  (findings.unread() > 0 ? "; " + unread : "") +
                  (is_store_damaged ? "; gpu_sweep repair recovers what is intact in the store" : ""));
}

}  // namespace

Command add_verify_command(CLI::App& program) {
  CLI::App* app =
      program.add_subcommand("verify", "Check everything in a results folder against its checksums");
  const auto flags = std::make_shared<VerifyFlags>();
  app->add_option("directory", flags->directory, "folder that gpu_sweep run wrote")->type_name("DIR");
  add_path_flag(*app, "--weights", flags->weights, "DIR",
                "also check the weights that --save-weights wrote to this folder");
  app->footer(
      "Changes nothing. Checks the store with its log and ledger, the snapshots and the class\n"
      "probabilities against their checksums. Makes summary.json and the exports in DIR/npz, DIR/csv and\n"
      "DIR/json again and compares them, except for times: a file made from fewer of these runs is out of\n"
      "date and not damaged. Prints a line per part. Exits with 8 if one is damaged, otherwise with 5 if\n"
      "one cannot be read.\n\n"
      "Example: gpu_sweep verify results/quick");
  return {app, [flags] { verify(*flags); }};
}

}  // namespace gpu_sweep
