#include "apps/gpu_sweep/commands/verify_exports.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <set>
#include <utility>

#include "engine/report/export/exported_part.h"
#include "engine/report/export/leftovers.h"
#include "engine/report/export/summary_json.h"
#include "engine/statistics/wording.h"
#include "engine/store/files/raw_file.h"
#include "engine/store/runs/store_file.h"
#include "gpu_sweep/exports.h"

namespace gpu_sweep {
namespace {

namespace fs = std::filesystem;

constexpr std::array kFormats = {"npz", "csv", "json"};
const std::string kEarlierVersion = ", written by an earlier version with fewer members";

enum class Match { kSame, kOfEarlierVersion, kDiffers };

/// Returns whether everything in `found` is in `made`. An earlier version of the program wrote fewer members.
bool is_part_of(const nlohmann::json& found, const nlohmann::json& made) {
  if (found.is_array() && made.is_array()) return std::ranges::equal(found, made, is_part_of);
  if (!found.is_object() || !made.is_object()) return found == made;
  return std::ranges::all_of(found.items(), [&](const auto& member) {
    const auto same = made.find(member.key());
    return same != made.end() && is_part_of(member.value(), *same);
  });
}

/// Compares an existing file with one `made` from the runs; in a summary, everything but the times.
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

/// The comparison of an existing export with one that is made in memory from given runs.
struct ComparedExport {
  std::vector<std::string> names;   ///< of all files that the export should have
  std::vector<std::string> wrong;   ///< one line per file that differs or is missing
  std::size_t uncompared = 0;       ///< files that cannot be read, or cannot be made again
  bool of_earlier_version = false;  ///< whether a file lacks members but has no wrong ones
};

/// Names of files that cannot be read. Each is a finding already.
using UnreadNames = std::set<std::string>;

bool holds_probabilities(const std::string& name) {
  return name == kSummaryFile || name == "predictions.npz";
}

ComparedExport compare(const std::string& format, const ReadExport& read, const UnreadNames& unread,
                       const fs::path& folder, const fs::path& results, const StoredExperiment& stored,
                       const std::vector<RunRecord>& runs) {
  ComparedExport compared;
  bool lacks_probabilities = false;  // some cannot be read, which is a finding already
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
                   const std::vector<RunRecord>& runs, Findings& findings) {
  const fs::path folder = directory / format;
  UnreadNames unread;
  const ReadExport read = [&](const std::string& name) {
    std::optional<std::string> bytes;
    const auto read_it = [&] { bytes = read_if_there(folder / name); };
    if (!unread.contains(name) && !findings.take(format, read_it)) unread.insert(name);
    return bytes;
  };
  ComparedExport now = compare(format, read, unread, folder, directory, stored, runs);
  std::vector<std::string> names = now.names;
  bool is_earlier = false, is_known = true;  // of which runs the export is
  if (!now.wrong.empty()) {
    const ReadExport read_names = [&](const std::string& name) {
      auto bytes = read(name);
      is_known = !unread.contains(name);
      return bytes;
    };
    const auto part = exported_part(format, read_names, stored, runs);
    if (part && part->runs.size() < runs.size()) {
      const ComparedExport then = compare(format, read, unread, folder, directory, part->stored, part->runs);
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

}  // namespace

void verify_summary(const fs::path& directory, const std::optional<std::string>& text,
                    const StoredExperiment& stored, const std::vector<RunRecord>& runs, Findings& findings) {
  if (!text) return findings.sound(kSummaryFile, "not there");
  const std::string again = "; gpu_sweep run or merge writes it again";
  const ReadExport read = [&](const std::string&) { return text; };
  const ComparedExport now = compare("json", read, {}, directory, directory, stored, runs);
  if (now.uncompared > 0) {
    return findings.sound(kSummaryFile, "not compared, because class probabilities cannot be read");
  }
  if (now.wrong.empty()) {
    return findings.sound(kSummaryFile, std::string("as these runs give it") +
                                            (now.of_earlier_version ? kEarlierVersion + again : ""));
  }
  const auto part = exported_part("json", read, stored, runs);
  if (part && part->runs.size() < runs.size() &&
      compare("json", read, {}, directory, directory, part->stored, part->runs).wrong.empty()) {
    return findings.sound(kSummaryFile, out_of_date(part->runs.size(), runs.size()) + again);
  }
  findings.fault(kSummaryFile, "differs from what these runs give" + again);
}

void verify_exports(const fs::path& directory, const StoredExperiment& stored,
                    const std::vector<RunRecord>& runs, Findings& findings) {
  for (const std::string format : kFormats) {
    findings.take(format, [&] {
      if (is_there(directory / format)) verify_export(format, directory, stored, runs, findings);
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
