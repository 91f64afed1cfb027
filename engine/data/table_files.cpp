#include "engine/data/table_files.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstring>
#include <map>

#include "engine/data/csv_reader.h"
#include "engine/data/data_place.h"
#include "engine/data/gzip.h"
#include "engine/data/read_file.h"
#include "engine/data/sha256.h"
#include "engine/data/shown_text.h"
#include "engine/data/split.h"
#include "gpu_sweep/error.h"

namespace gpu_sweep {
namespace {

constexpr std::uint64_t kMostTableBytes = std::uint64_t{1} << 34;
constexpr std::size_t kMostWords = 256;

/// The text of a label.
struct Word {
  int first_line = 0;
  std::uint8_t number = 0;  ///< position in the order in which the words first appear
  CellBlanks blanks;        ///< blanks around the word where it first appears
};

/// A table in memory.
struct Table {
  std::string name;
  std::vector<std::string> columns;  ///< without the target
  std::vector<std::uint8_t> values;  ///< [N, D] float32 values, as bytes
  std::vector<std::uint8_t> labels;  ///< [N] Word::number of each label; after number_classes, its class
  std::map<std::string, Word> words;
  std::string joined;  ///< warning about labels that differ only in blanks; empty if there are none
  std::string sha256;

  std::size_t rows() const { return labels.size(); }
};

std::string in_column(const std::string& column) { return "column " + shown_text(column) + ": "; }

/// Converts a cell to float32. Throws Error(kData) unless it is a finite number within the range of float32.
float number_of(const std::string& cell, const std::string& column, const CsvReader& reader, int line) {
  if (cell.empty()) {
    reader.refuse(line,
                  in_column(column) + "found nothing, expected a number (missing values are not filled in)");
  }
  const char* begin = cell.data() + (cell.size() > 1 && cell.front() == '+' ? 1 : 0);
  const char* end = cell.data() + cell.size();
  double value = 0;
  const auto [stop, error] = std::from_chars(begin, end, value);
  if (error == std::errc::result_out_of_range) {
    // The number is too large or too small for a double. A number that is too small becomes 0, like a number
    // that is too small for a float.
    value = cell.find("e-") != std::string::npos || cell.find("E-") != std::string::npos ? 0 : HUGE_VAL;
  } else if (error != std::errc() || stop != end) {
    reader.refuse(line, in_column(column) + "found " + shown_text(cell) + ", expected a number");
  }
  const auto number = static_cast<float>(value);
  if (!std::isfinite(number)) {
    reader.refuse(line, in_column(column) + "found " + shown_text(cell) +
                            ", expected a finite number of at most 3.4e38 (float32)");
  }
  return number;
}

/// Returns "FILE, line 3: column 'kind': 'b' and, in line 2, 'b ' are one class: ...".
std::string joined_labels(const std::string& place, const std::string& word, const CellBlanks& blanks,
                          const Word& first) {
  const auto with = [&word](const CellBlanks& around) {
    return shown_text(std::string(around.before, ' ') + word + std::string(around.after, ' '));
  };
  return fmt::format("{}{} and, in line {}, {} are one class: blanks around a cell count in quotes only",
                     place, with(blanks), first.first_line, with(first.blanks));
}

Table read_table(std::string_view text, const std::string& name, const std::string& target) {
  Table table;
  table.name = name;
  CsvReader reader(text, name);
  std::vector<std::string> header = read_csv_header(reader, name);
  const auto found = std::ranges::find(header, target);
  if (target.empty() || found == header.end()) {
    throw Error(ExitCode::kUsage,
                fmt::format("{}: {}, expected the name of the column of labels as target, such as {}", name,
                            target.empty() ? "found no target" : "found no column " + shown_text(target),
                            shown_text(header.back())));
  }
  const auto at = static_cast<std::size_t>(found - header.begin());
  const std::size_t width = header.size();
  if (width < 2)
    refuse_data(name, "found one column, expected the target and at least one column of numbers");

  CsvRow row;
  while (reader.next(row)) {
    if (row.cells.size() != width) {
      reader.refuse(row.line,
                    fmt::format("found {} cells, expected {} as in the header", row.cells.size(), width));
    }
    for (std::size_t i = 0; i < width; ++i) {
      if (i == at) continue;
      const float value = number_of(row.cells[i], header[i], reader, row.line);
      const auto* bytes = reinterpret_cast<const std::uint8_t*>(&value);
      table.values.insert(table.values.end(), bytes, bytes + sizeof(value));
    }
    const std::string& word = row.cells[at];
    if (word.empty()) reader.refuse(row.line, in_column(target) + "found nothing, expected a class");
    const auto [place, is_new] = table.words.try_emplace(
        word, Word{row.line, static_cast<std::uint8_t>(table.words.size()), row.blanks[at]});
    if (table.joined.empty() && row.blanks[at] != place->second.blanks) {
      table.joined = joined_labels(fmt::format("{}, line {}: {}", name, row.line, in_column(target)), word,
                                   row.blanks[at], place->second);
    }
    if (is_new && table.words.size() > kMostWords) {
      reader.refuse(row.line,
                    in_column(target) + fmt::format("found more than {0} different classes, expected at "
                                                    "most {0}",
                                                    kMostWords));
    }
    table.labels.push_back(place->second.number);
  }
  if (table.rows() == 0) refuse_data(name, "found a header line only, expected rows");
  header.erase(header.begin() + static_cast<std::ptrdiff_t>(at));
  table.columns = std::move(header);
  return table;
}

Table read_table(const std::filesystem::path& file, const std::string& target) {
  std::vector<std::uint8_t> bytes = read_file(file, kMostTableBytes);
  if (is_gzip(bytes)) bytes = gunzip_all(bytes, kMostTableBytes, file.string());
  Table table =
      read_table({reinterpret_cast<const char*>(bytes.data()), bytes.size()}, file.string(), target);
  table.sha256 = sha256_hex(bytes);
  return table;
}

bool is_whole_number(const std::string& word) {
  return word.size() < 10 && std::ranges::all_of(word, [](char c) { return '0' <= c && c <= '9'; }) &&
         (word.size() == 1 || word.front() != '0');
}

/// Returns the label words of a table in the order of their classes.
std::vector<std::string> classes_of(const Table& table) {
  std::vector<std::string> names;
  for (const auto& [word, place] : table.words) names.push_back(word);
  if (std::ranges::all_of(names, is_whole_number)) {
    std::ranges::sort(names, {}, [](const std::string& name) { return std::pair(name.size(), name); });
  }
  return names;
}

/// Replaces each label, so far the Word::number of its word, by its class: the position of the word in
/// `names`. `whose` says in messages where the names come from.
void number_classes(Table& table, const std::vector<std::string>& names, const char* whose) {
  std::vector<std::uint8_t> class_of(kMostWords);
  for (const auto& [word, place] : table.words) {
    const auto found = std::ranges::find(names, word);
    if (found == names.end()) {
      refuse_data(fmt::format("{}, line {}", table.name, place.first_line),
                  fmt::format("found the class {}, expected one of {}", shown_text(word), whose));
    }
    class_of[place.number] = static_cast<std::uint8_t>(found - names.begin());
  }
  for (std::uint8_t& label : table.labels) label = class_of[label];
}

void check_columns(const Table& train, const Table& test) {
  if (train.columns.size() != test.columns.size()) {
    refuse_data(test.name, fmt::format("found {} columns, expected {} as in {}", test.columns.size() + 1,
                                       train.columns.size() + 1, train.name));
  }
  for (std::size_t i = 0; i < train.columns.size(); ++i) {
    if (train.columns[i] == test.columns[i]) continue;
    refuse_data(test.name,
                fmt::format("found the column {}, expected {} in its place as in {}",
                            shown_text(test.columns[i]), shown_text(train.columns[i]), train.name));
  }
}

/// Returns a table with the rows of `from` that `order` lists, in this order.
Table taken(const Table& from, const std::vector<std::int32_t>& order) {
  const std::size_t row_bytes = from.columns.size() * sizeof(float);
  Table part;
  part.name = from.name;
  part.columns = from.columns;
  part.sha256 = from.sha256;
  part.values.resize(order.size() * row_bytes);
  for (std::size_t i = 0; i < order.size(); ++i) {
    const auto row = static_cast<std::size_t>(order[i]);
    std::memcpy(&part.values[i * row_bytes], &from.values[row * row_bytes], row_bytes);
    part.labels.push_back(from.labels[row]);
  }
  return part;
}

SplitArrays arrays_of(Table table) {
  const auto rows = static_cast<std::uint64_t>(table.rows());
  const auto columns = static_cast<std::uint64_t>(table.columns.size());
  return {array_in_memory(table.name, {ElementType::kF32}, {rows, columns}, std::move(table.values),
                          table.sha256),
          array_in_memory(table.name, {ElementType::kU8}, {rows}, std::move(table.labels), table.sha256)};
}

ArrayFiles files_of(Table train, Table test, const std::vector<std::string>& names) {
  ArrayFiles files;
  files.class_names = names;
  for (Table* const table : {&train, &test}) {
    if (!table->joined.empty()) files.warnings.push_back(std::move(table->joined));
  }
  files[Split::kTrain] = arrays_of(std::move(train));
  files[Split::kTest] = arrays_of(std::move(test));
  return files;
}

ArrayFiles divided(Table table, const DataSettings& settings, const ClassSpec& classes) {
  const std::vector<std::string> names = classes.names.empty() ? classes_of(table) : classes.names;
  number_classes(table, names, "class_names");
  const HeldOut rows = hold_out(table.labels, settings.test.value_or(HoldOut{}), table.name, "test");
  Table train = taken(table, rows.kept), test = taken(table, rows.held_out);
  train.joined = std::move(table.joined);
  table = {};
  return files_of(std::move(train), std::move(test), names);
}

}  // namespace

ArrayFiles open_table(std::string_view text, const std::string& name, const DataSettings& settings,
                      const ClassSpec& classes) {
  return divided(read_table(text, name, settings.target), settings, classes);
}

ArrayFiles open_tables(const std::filesystem::path& place, const DataSettings& settings,
                       const ClassSpec& classes) {
  std::error_code error;
  if (!std::filesystem::is_directory(place, error)) {
    return divided(read_table(place, settings.target), settings, classes);
  }
  const std::filesystem::path test_file = table_in(place, "test");
  if (test_file.empty()) {
    refuse_data(place.string(),
                "train.csv without test.csv, expected both, or --data with the name of one table");
  }
  if (settings.test) {
    throw Error(
        ExitCode::kUsage,
        fmt::format("test: found a share of rows, expected none, because there is {}", test_file.string()));
  }
  Table train = read_table(table_in(place, "train"), settings.target);
  Table test = read_table(test_file, settings.target);
  check_columns(train, test);
  const std::vector<std::string> names = classes.names.empty() ? classes_of(train) : classes.names;
  const std::string whose = classes.names.empty() ? "those of " + train.name : "class_names";
  number_classes(train, names, whose.c_str());
  number_classes(test, names, whose.c_str());
  return files_of(std::move(train), std::move(test), names);
}

}  // namespace gpu_sweep
