#include "engine/statistics/judge/columns.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>

#include "engine/experiment/hyper_parameters.h"
#include "engine/experiment/nearest_name.h"
#include "gpu_sweep/error.h"

namespace gpu_sweep {
namespace {

std::string lower_case(std::string text) {
  std::ranges::transform(text, text.begin(), [](char c) { return 'A' <= c && c <= 'Z' ? char(c + 32) : c; });
  return text;
}

/// Returns the role of each known column name. The known names are those of the roles, others that tracking
/// programs give to them, and diverged_epoch, a column that this program exports.
const std::map<std::string, std::string>& role_of_name() {
  static const std::map<std::string, std::string> names = [] {
    std::map<std::string, std::string> all = {
        {"state", "status"}, {"_step", "step"}, {"final_step", "step"}, {"diverged_epoch", "diverged_epoch"}};
    for (const char* role : kColumnRoles) all.emplace(role, role);
    return all;
  }();
  return names;
}

}  // namespace

ScoreColumns::ScoreColumns(const CsvTable& table, const std::string& file,
                           const std::map<std::string, std::string>& columns) {
  for (const auto& [role, name] : columns) {
    const auto found = std::ranges::find(table.header, name);
    if (found == table.header.end()) {
      refuse_data(file + ", line 1", "found no column " + shown_text(name) +
                                         did_you_mean(name, table.header) + ", expected it as the " + role);
    }
    by_role_[role] = static_cast<std::size_t>(found - table.header.begin());
  }
  std::map<std::string, std::vector<std::size_t>> named;
  for (std::size_t i = 0; i < table.header.size(); ++i) {
    const auto role = role_of_name().find(lower_case(table.header[i]));
    if (role != role_of_name().end() && !is_taken(i)) named[role->second].push_back(i);
  }
  for (const auto& [role, found] : named) {
    passed_over_.insert(found.begin(), found.end());
    if (by_role_.contains(role)) continue;
    const auto exact =
        std::ranges::find_if(found, [&, &role = role](std::size_t i) { return table.header[i] == role; });
    if (exact == found.end() && found.size() > 1) {
      refuse_data(file + ", line 1",
                  fmt::format("found the columns {} and {}, expected one of them, or --columns {}=NAME",
                              shown_text(table.header[found[0]]), shown_text(table.header[found[1]]), role));
    }
    by_role_[role] = exact == found.end() ? found[0] : *exact;
  }
}

std::optional<std::size_t> ScoreColumns::of(const std::string& role) const {
  const auto found = by_role_.find(role);
  return found == by_role_.end() ? std::nullopt : std::optional(found->second);
}

bool ScoreColumns::is_taken(std::size_t column) const {
  return passed_over_.contains(column) ||
         std::ranges::any_of(by_role_, [column](const auto& each) { return each.second == column; });
}

const std::string& ScoreColumns::cell(const CsvRow& row, const std::string& role) const {
  static const std::string none;
  const auto column = of(role);
  return column ? row.cells[*column] : none;
}

bool names_progress(const std::string& name) {
  static const std::array kNames = {"epoch", "epochs", "iteration", "iterations", "global_step"};
  return std::ranges::find(kNames, lower_case(name)) != kNames.end();
}

std::string plain_name(const std::string& cell) {
  const bool guarded =
      cell.size() > 1 && cell[0] == '\'' && std::string_view("=+-@").find(cell[1]) != std::string_view::npos;
  return guarded ? cell.substr(1) : cell;
}

std::string plain_seed(const std::string& cell) {
  const auto number = number_cell(cell);
  const bool whole = number && number->value && std::trunc(*number->value) == *number->value;
  return whole && std::abs(*number->value) < 1e15 && cell.find('.') != std::string::npos
             ? std::to_string(static_cast<long long>(*number->value))
             : cell;
}

std::optional<NumberCell> number_cell(const std::string& cell) {
  static const std::array kEmpty = {"", "na", "n/a", "none", "null"};
  if (std::ranges::find(kEmpty, lower_case(cell)) != kEmpty.end()) return NumberCell{true, {}};
  const char* begin = cell.data() + (cell.front() == '+' ? 1 : 0);
  const char* end = cell.data() + cell.size();
  double value = 0;
  const auto read = std::from_chars(begin, end, value);
  if (read.ptr != end) return std::nullopt;
  if (read.ec == std::errc::result_out_of_range) return NumberCell{false, std::nullopt};
  if (read.ec != std::errc()) return std::nullopt;
  return NumberCell{false, std::isfinite(value) ? std::optional(value) : std::nullopt};
}

std::optional<RunStatus> run_status(const std::string& cell) {
  static const std::map<std::string, RunStatus> statuses = {
      {"", RunStatus::kFinished},
      {"finished", RunStatus::kFinished},
      {"complete", RunStatus::kFinished},
      {"completed", RunStatus::kFinished},
      {"success", RunStatus::kFinished},
      {"ok", RunStatus::kFinished},
      {"done", RunStatus::kFinished},
      {"fail", RunStatus::kFailed},
      {"failed", RunStatus::kFailed},
      {"crashed", RunStatus::kFailed},
      {"diverged", RunStatus::kFailed},
      {"error", RunStatus::kFailed},
      {"killed", RunStatus::kFailed},
      {"nan", RunStatus::kFailed},
      {"running", RunStatus::kUnfinished},
      {"pruned", RunStatus::kUnfinished},
      {"waiting", RunStatus::kUnfinished},
      {"pending", RunStatus::kUnfinished},
      {"queued", RunStatus::kUnfinished},
      {"scheduled", RunStatus::kUnfinished},
      {"preempted", RunStatus::kUnfinished},
      {"preempting", RunStatus::kUnfinished},
  };
  const auto found = statuses.find(lower_case(cell));
  return found == statuses.end() ? std::nullopt : std::optional(found->second);
}

}  // namespace gpu_sweep
