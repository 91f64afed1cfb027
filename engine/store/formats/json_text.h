// JSON of untrusted files.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

namespace gpu_sweep {

/// Parses JSON. Throws std::invalid_argument if it nests deeper than 32 levels, which gpu_sweep never writes,
/// and nlohmann::json::exception if it is not JSON.
nlohmann::ordered_json parse_json(std::string_view text);

/// Formats JSON on one line; bytes that are not UTF-8 (a folder may have any name) become U+FFFD.
std::string to_text(const nlohmann::ordered_json& json);

}  // namespace gpu_sweep
