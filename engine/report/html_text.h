// Text that goes into a page: whatever a name contains, it stays text.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

namespace gpu_sweep {

/// For element contents and quoted attribute values: & < > " ' become references; characters that HTML
/// forbids become U+FFFD.
std::string escape_html(std::string_view text);

/// A name in an element of its own, so that right-to-left names do not turn their surroundings.
std::string html_name(std::string_view name);

/// JSON for a <script type="application/json"> element: ASCII only and without "<", ">" and "&", so that
/// neither "</script>" nor "<!--" nor a line separator can stand in it. Numbers that are not finite are null.
std::string script_json(const nlohmann::ordered_json& json);

}  // namespace gpu_sweep
