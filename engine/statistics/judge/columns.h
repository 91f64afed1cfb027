// Assigns roles, such as model or seed, to the columns of a table of scores.
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
  /// Assigns each role in `columns` to the column named there. Any other role is assigned to the column whose
  /// name is exactly the role. If there is none, it is assigned to the only column whose name is known to
  /// mean the role, in upper or lower case. Throws Error(kData) if a named column is absent or if several
  /// columns mean the same role.
  ScoreColumns(const CsvTable& table, const std::string& file,
               const std::map<std::string, std::string>& columns);

  std::optional<std::size_t> of(const std::string& role) const;
  bool has(const std::string& role) const { return of(role).has_value(); }
  /// Returns whether the column has a role, or its name means a role that another column has.
  bool is_taken(std::size_t column) const;
  /// Returns the cell of a row, or "" if no column has this role.
  const std::string& cell(const CsvRow& row, const std::string& role) const;

 private:
  std::map<std::string, std::size_t> by_role_;
  std::set<std::size_t> passed_over_;  ///< columns whose names mean a role, even if another column has it
};

/// Returns whether a column's name, in upper or lower case, stands for training progress, such as "epoch".
bool names_progress(const std::string& name);

/// Returns a name without the apostrophe that programs put before a first character such as "=", so that
/// spreadsheets do not read the name as a formula.
std::string plain_name(const std::string& cell);

/// Returns the text of a seed. A whole number is written without decimals: "7" for "7.0".
std::string plain_seed(const std::string& cell);

/// The content of a cell that is a number or empty.
struct NumberCell {
  bool empty = false;           ///< "", "NA", "N/A", "None", "null", in upper or lower case
  std::optional<double> value;  ///< absent if empty or not finite
};

/// Reads a cell that holds a number or is empty. Returns nothing for any other content.
std::optional<NumberCell> number_cell(const std::string& cell);

enum class RunStatus : std::uint8_t { kFinished, kFailed, kUnfinished };

/// Reads the status of a run. An empty cell means finished. Returns nothing for an unknown status.
std::optional<RunStatus> run_status(const std::string& cell);

}  // namespace gpu_sweep
