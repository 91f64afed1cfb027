#include "engine/report/export/leftovers.h"

#include <algorithm>
#include <set>

#include "engine/report/export/export_kinds.h"
#include "gpu_sweep/error.h"

namespace gpu_sweep {

namespace fs = std::filesystem;

namespace {

bool is_number(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

/// Returns whether `name` is MODEL/CURVE/SET/events.out.tfevents.0.gpu_sweep, as tensorboard_files names
/// files.
bool is_event_file(const fs::path& name) {
  const std::vector<fs::path> parts(name.begin(), name.end());
  constexpr std::size_t kParts = 4;
  if (parts.size() != kParts || parts[3] != "events.out.tfevents.0.gpu_sweep") return false;
  const std::string curve = parts[1].string();
  constexpr std::string_view kSeed = "seed ";
  const bool is_curve = curve == "mean" || curve == "mean+std" || curve == "mean-std" ||
                        (curve.starts_with(kSeed) && is_number(curve.substr(kSeed.size())));
  return is_curve && (parts[2] == "train" || parts[2] == "validation");
}

std::string first_part(const fs::path& name) { return name.empty() ? "" : name.begin()->string(); }

}  // namespace

bool is_npz_export(const std::string& name) {
  constexpr std::string_view kLayer = "layer = ", kModel = "model = ", kEnd = ".npz";
  if (name == "history.npz" || name == "confusion.npz" || name == "predictions.npz") return true;
  if (!name.ends_with(kEnd)) return false;
  const std::string stem = name.substr(0, name.size() - kEnd.size());
  return (stem.starts_with(kLayer) && is_number(std::string_view(stem).substr(kLayer.size()))) ||
         (stem.starts_with(kModel) && stem.size() > kModel.size());
}

std::vector<fs::path> export_leftovers(const std::string& format, const fs::path& directory,
                                       const std::vector<std::string>& names, bool owned) {
  std::vector<fs::path> found;
  const bool is_tree = format == "tensorboard";
  if (format != "npz" && format != "latex" && !is_tree) return found;  // others always write the same files
  const std::set<fs::path> written(names.begin(), names.end());
  std::set<std::string> models;
  for (const std::string& name : names) models.insert(first_part(name));
  const auto is_export = [&](const fs::path& name) {
    if (format == "npz") return is_npz_export(name.string());
    if (format == "latex") {  // pairs.tex is written only if pairs are compared; a paper may have its own
      return name == "pairs.tex" && is_replaceable(directory / name, *export_kind(format, name.string()));
    }
    return is_event_file(name) && (owned || models.contains(first_part(name)));
  };
  constexpr int kDeepest = 3;  // depth of event files; those of other formats are in the folder itself
  std::error_code error;
  for (fs::recursive_directory_iterator entry(directory, error), end; !error && entry != end;
       entry.increment(error)) {
    const fs::path name = entry->path().lexically_relative(directory);
    const bool may_hold_exports = owned || models.contains(first_part(name));
    if (!is_tree || !may_hold_exports || entry.depth() >= kDeepest) entry.disable_recursion_pending();
    const fs::file_status status = entry->symlink_status(error);
    if (!fs::status_known(status)) break;
    const bool is_file = fs::is_regular_file(status);
    if (is_file && is_export(name) && !written.contains(name)) found.push_back(entry->path());
  }
  if (error && error != std::errc::no_such_file_or_directory && error != std::errc::not_a_directory) {
    throw Error(ExitCode::kOutput, "cannot read " + directory.string() + ": " + error.message());
  }
  std::ranges::sort(found);
  return found;
}

}  // namespace gpu_sweep
