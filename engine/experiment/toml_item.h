// One key of a TOML document and its value. Every reader either returns a value of the right type and range,
// or throws Error(kUsage) with file, line, key, found and expected.
#pragma once

#include <toml++/toml.h>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/experiment/hyper_parameters.h"
#include "engine/experiment/nearest_name.h"

namespace gpu_sweep {

struct TomlItem {
  std::string file;
  unsigned line = 0;
  std::string path;         ///< as named in messages: "defaults.optimizer.beta1"
  std::string key;          ///< last part of the path: "beta1"
  const toml::node* value;  ///< points into the document, which must outlive the item
};

/// Throws Error(kUsage) "file:line: path: found X, expected Y".
[[noreturn]] void fail(const TomlItem& item, const std::string& found, const std::string& expected);

/// Returns a value in the form in which messages quote it: 3, 'text', true, a table, ...
std::string describe(const toml::node& value);

/// Returns the keys of a table, in the order of the file. `path` is the path of the table; it is "" for the
/// top level.
std::vector<TomlItem> items_of(const toml::table& table, const std::string& file, const std::string& path);

/// Returns the elements of an array. Each has the key of the array. Throws an error with `expected` if the
/// item is not an array.
std::vector<TomlItem> elements_of(const TomlItem& item, const std::string& expected);

std::int64_t read_integer(const TomlItem& item, const IntegerRange& range);
double read_number(const TomlItem& item, NumberRange range);
bool read_bool(const TomlItem& item);
std::string read_text(const TomlItem& item, const std::string& expected);
/// Reads a name that can be shown in tables and charts. Messages describe it as name_expected() does.
std::string read_plain_name(const TomlItem& item);
std::string name_expected();
const toml::table& read_table(const TomlItem& item, const std::string& expected);

/// Reads a name that must be one of `names`. `parse` converts it to its enumerator; it is parse_activation or
/// a similar function.
template <typename Enum>
Enum read_name(const TomlItem& item, std::optional<Enum> (*parse)(std::string_view),
               const std::vector<std::string>& names) {
  const std::string text = read_text(item, list_of(names));
  const std::optional<Enum> value = parse(text);
  if (!value) fail(item, describe(*item.value) + did_you_mean(text, names), list_of(names));
  return *value;
}

/// A name out of a list, and the other items of the table that states it.
template <typename Enum>
struct NamedTable {
  Enum name;
  std::vector<TomlItem> others;  ///< the table's other items; empty for a name without a table
};

/// Reads a name, or a table that has the name under `key`. `parse` and `names` have the same meaning as for
/// read_name.
template <typename Enum>
NamedTable<Enum> read_named_table(const TomlItem& item, const std::string& key,
                                  std::optional<Enum> (*parse)(std::string_view),
                                  const std::vector<std::string>& names) {
  if (item.value->is_string()) return {read_name(item, parse, names), {}};
  const toml::table& table = read_table(item, list_of(names) + ", or a table with such a " + key);
  std::vector<TomlItem> items = items_of(table, item.file, item.path);
  const auto named = std::ranges::find(items, key, &TomlItem::key);
  if (named == items.end()) fail(item, "a table without " + key, key + " = " + list_of(names));
  const Enum name = read_name(*named, parse, names);
  items.erase(named);
  return {name, std::move(items)};
}

}  // namespace gpu_sweep
