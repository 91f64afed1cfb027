// gpu_sweep verify: checks everything in a folder of results against its checksums; changes nothing.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>

#include "apps/gpu_sweep/commands/command.h"
#include "apps/gpu_sweep/flags/flags.h"
#include "apps/gpu_sweep/output.h"
#include "engine/error.h"
#include "engine/report/display_width.h"
#include "engine/report/export/exports.h"
#include "engine/report/export/leftovers.h"
#include "engine/report/export/summary_json.h"
#include "engine/statistics/wording.h"
#include "engine/store/database/ledger.h"
#include "engine/store/files/raw_file.h"
#include "engine/store/formats/weights_file.h"
#include "engine/store/runs/probabilities.h"
#include "engine/store/runs/run_store.h"
#include "engine/store/runs/store_file.h"
#include "engine/store/snapshots/snapshot_file.h"
#include "engine/store/snapshots/snapshot_store.h"

namespace gpu_sweep {
namespace {

namespace fs = std::filesystem;

struct VerifyFlags {
  std::string directory;
  std::string weights;
};

/// The printed findings: one line per intact part and one per fault.
class Findings {
 public:
  void sound(const std::string& part, const std::string& what) { line(part, what); }
  void fault(const std::string& part, const std::string& what) {
    ++faults_;
    line(part, "DAMAGED: " + what);
  }
  std::size_t faults() const { return faults_; }

  /// Runs `body` and returns whether it succeeded. An Error saying that data differ from what was written
  /// counts as a fault.
  template <class Body>
  bool take(const std::string& part, const Body& body) {
    try {
      body();
      return true;
    } catch (const Error& error) {
      if (error.code() == ExitCode::kOutput) throw;  // says nothing about the file's contents
      fault(part, error.what());
      return false;
    }
  }

 private:
  static void line(const std::string& part, const std::string& what) {
    constexpr std::size_t kWidth = 15;
    print_data(part + std::string(kWidth - std::min(kWidth - 1, part.size()), ' ') + printable(what) + "\n");
  }

  std::size_t faults_ = 0;
};

std::vector<fs::path> npz_files(const fs::path& directory) {
  std::vector<fs::path> files;
  if (!is_there(directory)) return files;
  for (const auto& entry : fs::directory_iterator(directory)) {
    if (entry.path().extension() == ".npz") files.push_back(entry.path());
  }
  std::ranges::sort(files);
  return files;
}

/// Returns a text about `runs` that the ledger does not name, or nothing if it names all. Reads the ledger
/// after the runs, since a sweep may be writing both.
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

/// Returns the intact runs, if the store can be read.
std::optional<std::vector<RunRecord>> verify_store(const fs::path& directory, const RunStore& store,
                                                   Findings& findings) {
  const std::size_t before = findings.faults();
  for (const std::string& remark : store.remarks()) findings.fault("store", remark);
  std::optional<std::vector<RunRecord>> runs;
  std::vector<std::string> damaged;
  if (!findings.take("store", [&] { runs = store.runs(damaged); })) return runs;
  for (const std::string& line : damaged) findings.fault("store", line);
  for (const std::string& line : store.missing()) findings.fault("store", "missing: " + line);
  for (const std::string& line : store.replaced()) findings.fault("store", line);
  const std::optional<std::string> gaps = ledger_gaps(directory, *runs);
  if (findings.faults() == before) {
    findings.sound("store", counted(runs->size(), "run") +
                                (gaps ? ", the log agrees" : ", the log and the ledger agree"));
  }
  if (gaps) findings.sound("ledger", *gaps);
  return runs;
}

void verify_probabilities(const fs::path& directory, const std::vector<RunRecord>& runs, Findings& findings) {
  const std::size_t before = findings.faults();
  std::size_t count = 0;
  for (const RunRecord& run : runs) {
    const KeptProbabilities kept = find_probabilities(directory, run.key, run.test_predictions.size());
    if (!kept.damage.empty()) findings.fault("probabilities", kept.damage);
    if (kept.whole) ++count;
  }
  if (findings.faults() == before) findings.sound("probabilities", "of " + counted(count, "run"));
}

template <class Load>
void verify_files(const std::string& part, const fs::path& directory, const Load& load, Findings& findings) {
  const std::size_t before = findings.faults();
  const std::vector<fs::path> files = npz_files(directory);
  for (const fs::path& file : files) findings.take(part, [&] { load(file); });
  if (findings.faults() == before) findings.sound(part, counted(files.size(), "file"));
}

/// Removes the times, which come last.
std::string without_timing(const std::string& summary) {
  return summary.substr(0, summary.find("\n  \"timing\""));
}

void verify_summary(const fs::path& directory, const StoredExperiment& stored,
                    const std::vector<RunRecord>& runs, Findings& findings) {
  const auto text = read_if_there(directory / kSummaryFile);
  if (!text) return findings.sound(kSummaryFile, "not there");
  const Calibrations calibrations = calibrate(directory, stored, runs, [](const std::string&) {});
  const std::string again = summary_text(summary_json(stored, runs, calibrations));
  if (without_timing(*text) == without_timing(again))
    return findings.sound(kSummaryFile, "as these runs give it");
  findings.fault(kSummaryFile, "differs from what these runs give; gpu_sweep run or merge writes it again");
}

/// A temporary folder, removed by the destructor.
class ScratchDirectory {
 public:
  ScratchDirectory() {
    std::string name = (fs::temp_directory_path() / "gpu_sweep-verify-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) {
      throw Error(ExitCode::kOutput, "cannot make a folder in " + fs::temp_directory_path().string());
    }
    path_ = name;
  }
  ScratchDirectory(const ScratchDirectory&) = delete;
  ScratchDirectory& operator=(const ScratchDirectory&) = delete;
  ~ScratchDirectory() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

/// Makes the exports found under their default names again and compares them, except those of TensorBoard,
/// which contain the time at which they were made.
void verify_exports(const fs::path& directory, const StoredExperiment& stored,
                    const std::vector<RunRecord>& runs, Findings& findings) {
  for (const std::string format : {"npz", "csv", "json"}) {
    if (!is_there(directory / format)) continue;
    const ScratchDirectory scratch;
    ExportOptions options;
    options.results = directory;
    std::size_t wrong = 0, files = 0;
    std::vector<std::string> names;
    for (const fs::path& made : export_results(format, scratch.path(), stored, runs, options)) {
      names.push_back(made.lexically_relative(scratch.path()).string());
      const fs::path kept = directory / format / names.back();
      const auto expected = read_if_there(made), found = read_if_there(kept);
      ++files;
      if (found && without_timing(*found) == without_timing(*expected)) continue;
      ++wrong;
      findings.fault(format, kept.string() + (found ? " differs from what these runs give" : " is missing") +
                                 "; gpu_sweep export writes it again");
    }
    for (const fs::path& file : export_leftovers(format, directory / format, names, true)) {
      ++wrong;
      findings.fault(format, file.string() + " is of an earlier export; gpu_sweep export removes it");
    }
    if (wrong == 0) findings.sound(format, counted(files, "file") + " as these runs give them");
  }
}

void verify(const VerifyFlags& flags) {
  if (flags.directory.empty()) throw Error(ExitCode::kUsage, "no folder, expected gpu_sweep verify DIR");
  const fs::path directory = flags.directory;
  Findings findings;
  std::optional<RunStore> store;
  std::optional<std::vector<RunRecord>> runs;
  try {
    store = RunStore::open(directory);
  } catch (const Error& error) {
    if (error.code() != ExitCode::kCorrupt) throw;
    findings.fault("store", error.what());
  }
  if (store) runs = verify_store(directory, *store, findings);
  verify_files(
      "snapshots", directory / kSnapshotFolder,
      [](const fs::path& file) { load_snapshot_of(file.stem().string(), file.parent_path()); }, findings);
  if (!flags.weights.empty()) {
    verify_files(
        "weights", flags.weights, [](const fs::path& file) { load_weights(file); }, findings);
  }
  if (runs) {
    verify_probabilities(directory, *runs, findings);
    verify_summary(directory, store->stored(), *runs, findings);
    verify_exports(directory, store->stored(), *runs, findings);
  }
  if (findings.faults() == 0) return;
  throw Error(ExitCode::kCorrupt, flags.directory + ": " + counted(findings.faults(), "fault") +
                                      ", see above; gpu_sweep repair reads out what is intact of the store");
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
      "DIR/json again and compares them, except for times. Prints a line per part, and exits with 8 if\n"
      "one is damaged.\n\n"
      "Example: gpu_sweep verify results/quick");
  return {app, [flags] { verify(*flags); }};
}

}  // namespace gpu_sweep
