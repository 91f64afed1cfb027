// Escapes text for a page, so that no name can act as markup.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

namespace gpu_sweep {

/// Escapes element contents and quoted attribute values: & < > " ' become references, and ASCII control
/// characters other than tab and newline become U+FFFD.
std::string escape_html(std::string_view text);

/// Wraps a name in a separate element, so that right-to-left names do not affect the surrounding text.
std::string html_name(std::string_view name);

/// Returns JSON for a <script type="application/json"> element: ASCII without "<", ">" and "&", so that it
/// cannot contain "</script>", "<!--" or a line separator. Non-finite numbers become null.
std::string script_json(const nlohmann::ordered_json& json);

}  // namespace gpu_sweep
