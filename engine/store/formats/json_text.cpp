#include "engine/store/formats/json_text.h"

#include <nlohmann/json.hpp>
#include <stdexcept>

namespace gpu_sweep {

using Json = nlohmann::ordered_json;

Json parse_json(std::string_view text) {
  // Copying and writing JSON recurse once per level. The JSON that gpu_sweep writes has fewer than ten
  // levels.
  constexpr int kMostDepth = 32;
  const auto check_depth = [](int depth, Json::parse_event_t, Json&) {
    if (depth > kMostDepth) throw std::invalid_argument("JSON that nests too deep");
    return true;
  };
  return Json::parse(text, check_depth);
}

std::string to_text(const Json& json) { return json.dump(-1, ' ', false, Json::error_handler_t::replace); }

}  // namespace gpu_sweep
