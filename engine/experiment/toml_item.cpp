#include "engine/experiment/toml_item.h"

#include <algorithm>
#include <utility>

#include "engine/experiment/nearest_name.h"
#include "gpu_sweep/error.h"

namespace gpu_sweep {
namespace {

constexpr std::size_t kMostNameBytes = 200;

}  // namespace

void fail(const TomlItem& item, const std::string& found, const std::string& expected) {
  throw Error(ExitCode::kUsage, item.file + ":" + std::to_string(item.line) + ": " + item.path + ": found " +
                                    found + ", expected " + expected);
}

std::string describe(const toml::node& value) {
  switch (value.type()) {
    case toml::node_type::table:
      return "a table";
    case toml::node_type::array:
      return value.as_array()->empty() ? "an empty array" : "an array";
    case toml::node_type::string:
      return shown_text(value.as_string()->get());
    case toml::node_type::integer:
      return std::to_string(value.as_integer()->get());
    case toml::node_type::floating_point: {
      const std::string text = number_text(value.as_floating_point()->get());
      return text.find_first_not_of("-0123456789") == std::string::npos ? text + ".0" : text;
    }
    case toml::node_type::boolean:
      return value.as_boolean()->get() ? "true" : "false";
    default:
      return "a date or time";
  }
}

std::vector<TomlItem> items_of(const toml::table& table, const std::string& file, const std::string& path) {
  std::vector<std::pair<toml::source_position, TomlItem>> placed;
  for (auto&& [key, value] : table) {
    const std::string name(key.str());
    const std::string shown = shown_text(name);
    const std::string last = shown.substr(1, shown.size() - 2);
    const toml::source_position place = key.source().begin;
    placed.emplace_back(place,
                        TomlItem{file, place.line, path.empty() ? last : path + "." + last, name, &value});
  }
  std::ranges::sort(placed, [](const auto& a, const auto& b) { return a.first < b.first; });
  std::vector<TomlItem> items;
  for (auto& [place, item] : placed) items.push_back(std::move(item));
  return items;
}

std::vector<TomlItem> elements_of(const TomlItem& item, const std::string& expected) {
  const toml::array* array = item.value->as_array();
  if (array == nullptr) fail(item, describe(*item.value), expected);
  std::vector<TomlItem> elements;
  for (const toml::node& element : *array) {
    elements.push_back({item.file, element.source().begin.line, item.path, item.key, &element});
  }
  return elements;
}

std::int64_t read_integer(const TomlItem& item, const IntegerRange& range) {
  const toml::value<std::int64_t>* value = item.value->as_integer();
  if (value == nullptr || !range.contains(value->get())) {
    fail(item, describe(*item.value), range.to_string());
  }
  return value->get();
}

double read_number(const TomlItem& item, NumberRange range) {
  if (item.value->is_number()) {
    const std::optional<double> value = item.value->value<double>();
    if (value && contains(range, *value)) return *value;
  }
  fail(item, describe(*item.value), to_string(range));
}

bool read_bool(const TomlItem& item) {
  const toml::value<bool>* value = item.value->as_boolean();
  if (value == nullptr) fail(item, describe(*item.value), "true or false");
  return value->get();
}

std::string read_text(const TomlItem& item, const std::string& expected) {
  const toml::value<std::string>* value = item.value->as_string();
  if (value == nullptr) fail(item, describe(*item.value), expected);
  return value->get();
}

std::string name_expected() {
  return "a name of 1 to " + std::to_string(kMostNameBytes) + " bytes without control characters";
}

std::string read_plain_name(const TomlItem& item) {
  std::string name = read_text(item, name_expected());
  const bool is_plain = std::ranges::none_of(name, [](char c) {
    const auto code = static_cast<unsigned char>(c);
    return code < 0x20 || code == 0x7f;
  });
  if (!is_plain || name.empty() || name.size() > kMostNameBytes) {
    fail(item, describe(*item.value), name_expected());
  }
  return name;
}

const toml::table& read_table(const TomlItem& item, const std::string& expected) {
  const toml::table* table = item.value->as_table();
  if (table == nullptr) fail(item, describe(*item.value), expected);
  return *table;
}

}  // namespace gpu_sweep
