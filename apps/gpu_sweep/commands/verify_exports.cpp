#include "apps/gpu_sweep/commands/verify_exports.h"

#include <array>

#include "engine/report/export/exported_part.h"
#include "engine/report/export/exports.h"
#include "engine/report/export/leftovers.h"
#include "engine/report/export/summary_json.h"
#include "engine/statistics/wording.h"
#include "engine/store/files/raw_file.h"
#include "engine/store/runs/store_file.h"

namespace gpu_sweep {
namespace {

namespace fs = std::filesystem;

constexpr std::array kFormats = {"npz", "csv", "json"};

/// Removes the times, which come last in a summary.
std::string without_timing(const std::string& summary) {
  return summary.substr(0, summary.find("\n  \"timing\""));
}

/// An existing export, compared with an export of given runs made in memory.
struct Comparison {
  std::vector<std::string> names;  ///< of all files that the export should have
  std::vector<std::string> wrong;  ///< one line per file that differs or is missing
};

Comparison compare(const std::string& format, const ReadExport& read, const fs::path& folder,
                   const fs::path& results, const StoredExperiment& stored,
                   const std::vector<RunRecord>& runs) {
  Comparison comparison;
  ExportOptions options;
  options.results = results;
  for (const ExportFile& file : export_files(format, stored, runs, options)) {
    comparison.names.push_back(file.name);
    const auto found = read(file.name);
    if (found && without_timing(*found) == without_timing(file.bytes())) continue;
    comparison.wrong.push_back((folder / file.name).string() +
                               (found ? " differs from what these runs give" : " is missing"));
  }
  return comparison;
}

std::string out_of_date(std::size_t part, std::size_t all) {
  return "out of date: of " + with_thousands(static_cast<long long>(part)) + " of the " + counted(all, "run");
}

void verify_export(const std::string& format, const fs::path& directory, const StoredExperiment& stored,
                   const std::vector<RunRecord>& runs, Findings& findings) {
  const fs::path folder = directory / format;
  const ReadExport read = [&](const std::string& name) { return read_if_there(folder / name); };
  const Comparison now = compare(format, read, folder, directory, stored, runs);
  std::vector<std::string> names = now.names;
  bool is_earlier = false;
  if (!now.wrong.empty()) {
    const auto part = exported_part(format, read, stored, runs);
    if (part && part->runs.size() < runs.size()) {
      const Comparison then = compare(format, read, folder, directory, part->stored, part->runs);
      if (then.wrong.empty()) {
        is_earlier = true;
        names.insert(names.end(), then.names.begin(), then.names.end());
        findings.sound(format,
                       out_of_date(part->runs.size(), runs.size()) + "; gpu_sweep export writes it again");
      }
    }
  }
  std::size_t wrong = 0;
  const auto fault = [&](const std::string& what) {
    ++wrong;
    findings.fault(format, what);
  };
  if (!is_earlier) {
    for (const std::string& line : now.wrong) fault(line + "; gpu_sweep export writes it again");
  }
  for (const fs::path& file : export_leftovers(format, folder, names, true)) {
    fault(file.string() + " is of an earlier export; gpu_sweep export removes it");
  }
  if (wrong == 0 && !is_earlier) {
    findings.sound(format, counted(now.names.size(), "file") + " as these runs give them");
  }
}

}  // namespace

void verify_summary(const fs::path& directory, const std::optional<std::string>& text,
                    const StoredExperiment& stored, const std::vector<RunRecord>& runs, Findings& findings) {
  if (!text) return findings.sound(kSummaryFile, "not there");
  const std::string again = "; gpu_sweep run or merge writes it again";
  const ReadExport read = [&](const std::string&) { return text; };
  if (compare("json", read, directory, directory, stored, runs).wrong.empty()) {
    return findings.sound(kSummaryFile, "as these runs give it");
  }
  const auto part = exported_part("json", read, stored, runs);
  if (part && part->runs.size() < runs.size() &&
      compare("json", read, directory, directory, part->stored, part->runs).wrong.empty()) {
    return findings.sound(kSummaryFile, out_of_date(part->runs.size(), runs.size()) + again);
  }
  findings.fault(kSummaryFile, "differs from what these runs give" + again);
}

void verify_exports(const fs::path& directory, const StoredExperiment& stored,
                    const std::vector<RunRecord>& runs, Findings& findings) {
  for (const std::string format : kFormats) {
    if (is_there(directory / format)) verify_export(format, directory, stored, runs, findings);
  }
}

void name_uncompared_exports(const fs::path& directory, Findings& findings) {
  const std::string what = "not compared, because runs of the store are damaged or missing";
  if (is_there(directory / kSummaryFile)) findings.sound(kSummaryFile, what);
  for (const std::string format : kFormats) {
    if (is_there(directory / format)) findings.sound(format, what);
  }
}

}  // namespace gpu_sweep
