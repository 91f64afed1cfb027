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
  /// exactly the role, otherwise to the only column whose name means that role in upper or lower case. Throws
  /// Error(kData) if a named column is absent or if several columns mean the same role.
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

/// Returns whether a column's name, in upper or lower case, stands for training progress, such as "epoch".
bool names_progress(const std::string& name);

/// Returns a name without the apostrophe that keeps spreadsheets from reading it as a formula.
std::string plain_name(const std::string& cell);

/// Returns the text of a seed, with whole numbers written without decimals: "7" for "7.0".
std::string plain_seed(const std::string& cell);

/// The content of a cell that is a number or empty.
struct NumberCell {
  bool empty = false;           ///< "", "NA", "N/A", "None", "null", in upper or lower case
  std::optional<double> value;  ///< absent if empty or not finite
};

/// Returns nothing if the cell is not a number.
std::optional<NumberCell> number_cell(const std::string& cell);

enum class RunStatus : std::uint8_t { kFinished, kFailed, kUnfinished };

/// Returns nothing for an unknown status. An empty cell means finished.
std::optional<RunStatus> run_status(const std::string& cell);

}  // namespace gpu_sweep
