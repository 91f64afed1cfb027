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
  /// Gives each role in `columns` the column named there. Any other role goes to the column whose name is
  /// exactly the role, otherwise to the only column whose name, in any case, means that role. Throws
  /// Error(kData) if a named column is absent or several columns remain.
  ScoreColumns(const CsvTable& table, const std::string& file,
               const std::map<std::string, std::string>& columns);

  std::optional<std::size_t> of(const std::string& role) const;
  bool has(const std::string& role) const { return of(role).has_value(); }
  bool is_taken(std::size_t column) const;  ///< has a role, or is named like a role that another column has
  /// Returns the cell of a row, or "" if no column has this role.
  const std::string& cell(const CsvRow& row, const std::string& role) const;

 private:
  std::map<std::string, std::size_t> by_role_;
  std::set<std::size_t> passed_over_;  ///< named like a role that some column has
};

/// Returns whether a column's name, in any case, is that of a training progress, such as "epoch".
bool names_progress(const std::string& name);

/// Returns a name without the apostrophe that keeps spreadsheets from reading it as a formula.
std::string plain_name(const std::string& cell);

/// Returns the text of a seed in a form in which equal whole numbers are equal texts: "7" for "7.0".
std::string plain_seed(const std::string& cell);

/// The content of a cell that is a number or empty.
struct NumberCell {
  bool empty = false;           ///< "", "NA", "None", "null"
  std::optional<double> value;  ///< absent if not finite
};

/// Returns nothing if the cell is not a number.
std::optional<NumberCell> number_cell(const std::string& cell);

enum class RunStatus : std::uint8_t { kFinished, kFailed, kUnfinished };

/// Returns nothing for an unknown status. An empty cell means finished.
std::optional<RunStatus> run_status(const std::string& cell);

}  // namespace gpu_sweep
