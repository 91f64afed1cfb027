#include "engine/report/html/escape.h"

#include <nlohmann/json.hpp>

namespace gpu_sweep {

std::string escape_html(std::string_view text) {
  std::string escaped;
  escaped.reserve(text.size());
  for (const char each : text) {
    switch (each) {
      case '&':
        escaped += "&amp;";
        break;
      case '<':
        escaped += "&lt;";
        break;
      case '>':
        escaped += "&gt;";
        break;
      case '"':
        escaped += "&quot;";
        break;
      case '\'':
        escaped += "&#39;";
        break;
      default: {
        const auto byte = static_cast<unsigned char>(each);
        const bool forbidden = (byte < 0x20 && each != '\t' && each != '\n') || byte == 0x7f;
        if (forbidden) {
          escaped += "\xEF\xBF\xBD";
        } else {
          escaped += each;
        }
      }
    }
  }
  return escaped;
}

std::string html_name(std::string_view name) { return "<bdi>" + escape_html(name) + "</bdi>"; }

std::string script_json(const nlohmann::ordered_json& json) {
  const std::string text = json.dump(-1, ' ', true, nlohmann::ordered_json::error_handler_t::replace);
  std::string safe;
  safe.reserve(text.size());
  for (const char each : text) {
    // In JSON, the three characters <, > and & occur only in strings, where an escape has the same meaning.
    if (each == '<') {
      safe += "\\u003c";
    } else if (each == '>') {
      safe += "\\u003e";
    } else if (each == '&') {
      safe += "\\u0026";
    } else {
      safe += each;
    }
  }
  return safe;
}

}  // namespace gpu_sweep
