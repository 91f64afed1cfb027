#include "engine/report/export/exported_part.h"

#include <cstdint>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>
#include <stdexcept>
#include <utility>

#include "engine/report/export/csv.h"
#include "engine/report/export/file_name.h"
#include "engine/report/export/summary_json.h"
#include "engine/store/database/experiment_json.h"
#include "engine/store/formats/npz.h"
#include "gpu_sweep/error.h"

namespace gpu_sweep {
namespace {

struct Named {
  std::set<std::string> models;
  std::set<std::pair<std::string, std::uint64_t>> runs;  ///< by model and seed
  int runs_per_model = 0;                                ///< of the experiment; 0 if unknown
  std::optional<AnalysisSettings> analysis = {};
};

/// Throws nlohmann::json::exception or std::invalid_argument if `text` is not a summary.json.
Named named_by_summary(const std::string& text) {
  const auto json = nlohmann::ordered_json::parse(text);
  Named named;
  named.runs_per_model = json.at("runs").get<int>();
  if (json.contains("analysis")) named.analysis = analysis_from_json(json.at("analysis"));
  for (const auto& model : json.at("models")) {
    const auto name = model.at("name").get<std::string>();
    named.models.insert(name);
    for (const auto& run : model.at("per_run")) named.runs.emplace(name, run.at("seed").get<std::uint64_t>());
  }
  return named;
}

Named named_by_csv(const std::string& text, const StoredExperiment& stored,
                   const std::vector<RunRecord>& runs) {
  std::set<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.insert(line);
  Named named;
  // Which models left a race depends on all of them, also on those that had no run yet.
  if (stored.experiment.analysis.race) {
    for (const ModelSpec& model : stored.experiment.models) named.models.insert(model.name);
  }
  for (const RunRecord& run : runs) {
    const std::string begin = first_cells(run);
    const auto line = lines.lower_bound(begin);
    if (line == lines.end() || !line->starts_with(begin)) continue;
    named.models.insert(run.model);
    named.runs.emplace(run.model, run.seed);
  }
  return named;
}

/// Throws Error if `bytes` are not a .npz file.
Named named_by_history(const std::string& bytes, const std::string& file, const StoredExperiment& stored) {
  const NpzArrays arrays =
      parse_npz({reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()}, file);
  Named named;
  for (const ModelSpec& model : stored.experiment.models) {
    const auto seeds = arrays.find(file_name(model.name) + "/seed");
    if (seeds == arrays.end() || seeds->second.type != npy_type<std::uint64_t>()) continue;
    named.models.insert(model.name);
    for (const auto seed : npy_values<std::uint64_t>(seeds->second)) named.runs.emplace(model.name, seed);
  }
  return named;
}

std::optional<Named> named_by(const std::string& format, const ReadExport& read,
                              const StoredExperiment& stored, const std::vector<RunRecord>& runs) {
  const std::string file = format == "json" ? kSummaryFile : format == "csv" ? "runs.csv" : "history.npz";
  const auto bytes = read(file);
  if (!bytes) return std::nullopt;
  try {
    if (format == "json") return named_by_summary(*bytes);
    if (format == "csv") return named_by_csv(*bytes, stored, runs);
    return named_by_history(*bytes, file, stored);
  } catch (const nlohmann::json::exception&) {
    return std::nullopt;
  } catch (const std::invalid_argument&) {
    return std::nullopt;
  } catch (const Error& error) {
    if (error.code() == ExitCode::kOutput) throw;
    return std::nullopt;
  }
}

}  // namespace

std::optional<ExportedPart> exported_part(const std::string& format, const ReadExport& read,
                                          const StoredExperiment& stored,
                                          const std::vector<RunRecord>& runs) {
  const std::optional<Named> named = named_by(format, read, stored, runs);
  if (!named) return std::nullopt;
  ExportedPart part{stored, {}};
  std::erase_if(part.stored.experiment.models,
                [&](const ModelSpec& model) { return !named->models.contains(model.name); });
  if (named->runs_per_model > stored.experiment.runs) return std::nullopt;
  if (named->runs_per_model > 0) part.stored.experiment.runs = named->runs_per_model;
  if (named->analysis) part.stored.experiment.analysis = *named->analysis;
  for (const RunRecord& run : runs) {
    if (named->runs.contains({run.model, run.seed})) part.runs.push_back(run);
  }
  if (part.runs.size() != named->runs.size()) return std::nullopt;
  return part;
}

}  // namespace gpu_sweep
