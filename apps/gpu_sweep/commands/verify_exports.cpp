#include "apps/gpu_sweep/commands/verify_exports.h"

#include <algorithm>
#include <array>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <utility>

#include "engine/data/shown_text.h"
#include "engine/report/export/exported_part.h"
#include "engine/report/export/leftovers.h"
#include "engine/report/export/summary_json.h"
#include "engine/statistics/model_runs.h"
#include "engine/statistics/wording.h"
#include "engine/store/files/raw_file.h"
#include "engine/store/runs/probabilities.h"
#include "engine/store/runs/store_file.h"
#include "gpu_sweep/exports.h"

namespace gpu_sweep {
namespace {

namespace fs = std::filesystem;

constexpr std::array kFormats = {"npz", "csv", "json"};
const std::string kEarlierVersion = ", written by an earlier version with fewer members";

enum class Match { kSame, kOfEarlierVersion, kDiffers };

/// Returns whether `made` has everything that is in `found`. An earlier version of the program wrote fewer
/// members.
bool is_part_of(const nlohmann::json& found, const nlohmann::json& made) {
  if (found.is_array() && made.is_array()) return std::ranges::equal(found, made, is_part_of);
  if (!found.is_object() || !made.is_object()) return found == made;
  return std::ranges::all_of(found.items(), [&](const auto& member) {
    const auto same = made.find(member.key());
    return same != made.end() && is_part_of(member.value(), *same);
  });
}

/// Compares the existing file `found` with `made`, which was made from the runs. In a summary, times are not
/// compared.
Match match(const std::string& name, const std::string& found, const std::string& made) {
  if (found == made) return Match::kSame;
  if (!name.ends_with(".json")) return Match::kDiffers;
  nlohmann::json old = nlohmann::json::parse(found, nullptr, false);
  nlohmann::json now = nlohmann::json::parse(made);
  if (!old.is_object()) return Match::kDiffers;
  old.erase("timing");
  now.erase("timing");
  if (old == now) return Match::kSame;
  return is_part_of(old, now) ? Match::kOfEarlierVersion : Match::kDiffers;
}

/// The result of comparing an existing export with one that is made in memory from given runs.
struct ComparedExport {
  std::vector<std::string> names;   ///< of all files that the export should have
  std::vector<std::string> wrong;   ///< one line for each file that differs or is missing
  std::size_t uncompared = 0;       ///< files that cannot be read, or cannot be made again
  bool of_earlier_version = false;  ///< whether a file lacks members but has no wrong ones
};

/// The names of files that cannot be read. Each of them has already been reported as a finding.
using UnreadNames = std::set<std::string>;

bool holds_probabilities(const std::string& name) {
  return name == kSummaryFile || name == "predictions.npz";
}

ComparedExport compare(const std::string& format, const ReadExport& read, const UnreadNames& unread,
                       const fs::path& folder, const fs::path& results, const StoredExperiment& stored,
                       const std::vector<RunRecord>& runs, bool are_lost) {
  ComparedExport compared;
  // Also set below, if some probabilities cannot be read. Both cases are reported elsewhere.
  bool lacks_probabilities = are_lost;
  ExportOptions options;
  options.results = results;
  options.unread = [&](const std::string&) { lacks_probabilities = true; };
  for (const ExportFile& file : export_files(format, stored, runs, options)) {
    compared.names.push_back(file.name);
    const auto found = read(file.name);
    if (found) {
      const Match matched = match(file.name, *found, file.bytes());
      if (matched == Match::kOfEarlierVersion) compared.of_earlier_version = true;
      if (matched != Match::kDiffers) continue;
    }
    if (unread.contains(file.name) || (found && lacks_probabilities && holds_probabilities(file.name))) {
      ++compared.uncompared;
      continue;
    }
    compared.wrong.push_back((folder / file.name).string() +
                             (found ? " differs from what these runs give" : " is missing"));
  }
  return compared;
}

std::string out_of_date(std::size_t part, std::size_t all) {
  return "out of date: of " + with_thousands(static_cast<long long>(part)) + " of the " + counted(all, "run");
}

void verify_export(const std::string& format, const fs::path& directory, const StoredExperiment& stored,
                   const std::vector<RunRecord>& runs, bool are_lost, Findings& findings) {
  const fs::path folder = directory / format;
  UnreadNames unread;
  const ReadExport read = [&](const std::string& name) {
    std::optional<std::string> bytes;
    const auto read_it = [&] { bytes = read_if_there(folder / name); };
    if (!unread.contains(name) && !findings.take(format, read_it)) unread.insert(name);
    return bytes;
  };
  ComparedExport now = compare(format, read, unread, folder, directory, stored, runs, are_lost);
  std::vector<std::string> names = now.names;
  // Whether the export is of an earlier subset of the runs, and whether that could be determined.
  bool is_earlier = false, is_known = true;
  if (!now.wrong.empty()) {
    const ReadExport read_names = [&](const std::string& name) {
      auto bytes = read(name);
      is_known = !unread.contains(name);
      return bytes;
    };
    const auto part = exported_part(format, read_names, stored, runs);
    if (part && part->runs.size() < runs.size()) {
      const ComparedExport then =
          compare(format, read, unread, folder, directory, part->stored, part->runs, are_lost);
      if (then.wrong.empty()) {
        is_earlier = true;
        names.insert(names.end(), then.names.begin(), then.names.end());
        findings.sound(format,
                       out_of_date(part->runs.size(), runs.size()) + "; gpu_sweep export writes it again");
      }
    }
    if (!is_known) {
      now.uncompared += now.wrong.size();
      now.wrong.clear();
    }
  }
  const std::size_t before = findings.faults();
  if (!is_earlier) {
    for (const std::string& line : now.wrong) {
      findings.fault(format, line + "; gpu_sweep export writes it again");
    }
    if (now.uncompared > 0) findings.sound(format, counted(now.uncompared, "file") + " not compared");
  }
  if (is_known) {
    for (const fs::path& file : export_leftovers(format, folder, names, true)) {
      findings.fault(format, file.string() + " is of an earlier export; gpu_sweep export removes it");
    }
  }
  const std::size_t same = now.names.size() - now.uncompared;
  if (findings.faults() == before && !is_earlier && same > 0) {
    findings.sound(format, counted(same, "file") + " as these runs give them" +
                               (now.of_earlier_version ? kEarlierVersion : ""));
  }
}

/// Returns, for each model, how many runs have class probabilities according to a summary.
std::map<std::string, std::uint64_t> calibrated_runs(const std::string& summary) {
  std::map<std::string, std::uint64_t> counts;
  const nlohmann::json json = nlohmann::json::parse(summary, nullptr, false);
  const nlohmann::json::json_pointer runs("/calibration/runs");
  if (!json.is_object() || !json.contains("models")) return counts;
  for (const nlohmann::json& model : json["models"]) {
    if (!model.is_object() || !model.contains("name") || !model["name"].is_string()) continue;
    if (!model.contains(runs) || !model[runs].is_number_unsigned()) continue;
    counts[model["name"].get<std::string>()] = model[runs].get<std::uint64_t>();
  }
  return counts;
}

}  // namespace

std::vector<std::string> lost_probabilities(const fs::path& directory,
                                            const std::optional<std::string>& summary,
                                            const StoredExperiment& stored,
                                            const std::vector<RunRecord>& runs) {
  std::vector<std::string> lines;
  if (!summary) return lines;
  const std::map<std::string, std::uint64_t> counted_in_summary = calibrated_runs(*summary);
  for (const ModelRuns& model : runs_by_model(stored.experiment, runs)) {
    const auto found = counted_in_summary.find(model.model.name);
    if (found == counted_in_summary.end()) continue;
    std::vector<fs::path> absent;
    for (const RunRecord* run : model.runs) {
      const fs::path file = probabilities_file(directory, run->key);
      std::error_code error;  // a file that cannot be looked up is reported elsewhere
      if (fs::status(file, error).type() == fs::file_type::not_found) absent.push_back(file);
    }
    const std::size_t present = model.runs.size() - absent.size();
    if (present >= found->second || absent.empty()) continue;
    const std::string more =
        absent.size() == 1 ? " is" : " and " + std::to_string(absent.size() - 1) + " more are";
    lines.push_back(shown_text(found->first) + ": " + counted(present, "file") +
                    ", summary.json was made from " + std::to_string(found->second) + ": " +
                    absent.front().string() + more +
                    " not there; gpu_sweep run --keep-predictions computes them again");
  }
  return lines;
}

void verify_summary(const fs::path& directory, const std::optional<std::string>& text,
                    const StoredExperiment& stored, const std::vector<RunRecord>& runs, bool are_lost,
                    Findings& findings) {
  if (!text) return findings.sound(kSummaryFile, "not there");
  const std::string again = "; gpu_sweep run or merge writes it again";
  const ReadExport read = [&](const std::string&) { return text; };
  const ComparedExport now = compare("json", read, {}, directory, directory, stored, runs, are_lost);
  if (now.uncompared > 0) {
    return findings.sound(kSummaryFile,
                          "not compared, because class probabilities are missing or cannot be read");
  }
  if (now.wrong.empty()) {
    return findings.sound(kSummaryFile, std::string("as these runs give it") +
                                            (now.of_earlier_version ? kEarlierVersion + again : ""));
  }
  const auto part = exported_part("json", read, stored, runs);
  if (part && part->runs.size() < runs.size() &&
      compare("json", read, {}, directory, directory, part->stored, part->runs, are_lost).wrong.empty()) {
    return findings.sound(kSummaryFile, out_of_date(part->runs.size(), runs.size()) + again);
  }
  findings.fault(kSummaryFile, "differs from what these runs give" + again);
}

void verify_exports(const fs::path& directory, const StoredExperiment& stored,
                    const std::vector<RunRecord>& runs, bool are_lost, Findings& findings) {
  for (const std::string format : kFormats) {
    findings.take(format, [&] {
      if (is_there(directory / format)) verify_export(format, directory, stored, runs, are_lost, findings);
    });
  }
}

void name_uncompared_exports(const fs::path& directory, bool is_summary_read, Findings& findings) {
  const std::string what = "not compared, because runs of the store are damaged or missing";
  const auto name_it = [&](const std::string& part) {
    findings.take(part, [&] {
      if (is_there(directory / part)) findings.sound(part, what);
    });
  };
  if (is_summary_read) name_it(kSummaryFile);
  for (const std::string format : kFormats) name_it(format);
}

}  // namespace gpu_sweep
