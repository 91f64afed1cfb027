// Which column of a table of scores has which role.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "engine/statistics/judge/scores.h"

namespace gpu_sweep {

/// Columns by role, as indices into the header.
class ScoreColumns {
 public:
  /// Maps the columns named in `columns`, and others by their own names: the one that is spelled as its role,
  /// or the only one. Throws Error(kData).
  ScoreColumns(const CsvTable& table, const std::string& file,
               const std::map<std::string, std::string>& columns);

  std::optional<std::size_t> of(const std::string& role) const;
  bool has(const std::string& role) const { return of(role).has_value(); }
  bool is_taken(std::size_t column) const;  ///< has a role, or the name of a role that another column has
  /// Returns the cell of a row, or "" if no column has this role.
  const std::string& cell(const CsvRow& row, const std::string& role) const;

 private:
  std::map<std::string, std::size_t> by_role_;
  std::set<std::size_t> passed_over_;  ///< named as a role that another column has
};

/// Returns whether a column's name, in any case, says where in the training its row stands: "epoch".
bool names_progress(const std::string& name);

/// Returns a name without the apostrophe that keeps spreadsheets from reading it as a formula.
std::string plain_name(const std::string& cell);

/// Returns a seed so that equal numbers are equal texts: "7.0" is "7".
std::string plain_seed(const std::string& cell);

/// A number as tables have it.
struct NumberCell {
  bool empty = false;           ///< "", "NA", "None", "null"
  std::optional<double> value;  ///< absent if not finite
};

/// Returns nothing if the cell is not a number.
std::optional<NumberCell> number_cell(const std::string& cell);

enum class RunStatus : std::uint8_t { kFinished, kFailed, kUnfinished };

/// Returns nothing for an unknown status. "" is finished.
std::optional<RunStatus> run_status(const std::string& cell);

}  // namespace gpu_sweep
