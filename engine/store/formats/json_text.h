// JSON of files that anybody may have written.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

namespace gpu_sweep {

/// Throws std::invalid_argument where it nests deeper than any of ours, and nlohmann::json::exception where
/// it is no JSON.
nlohmann::ordered_json parse_json(std::string_view text);

/// On one line; bytes that are no UTF-8 (a folder may have any name) become U+FFFD.
std::string to_text(const nlohmann::ordered_json& json);

}  // namespace gpu_sweep
