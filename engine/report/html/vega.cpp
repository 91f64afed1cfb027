#include "engine/report/html/vega.h"

#include <array>

#include "engine/report/html/embedded.h"

namespace gpu_sweep {
namespace {

/// The modules that page/vega_loader.js requests and their dependencies.
constexpr std::array kModules = {
    "canvas",      "dataflow", "encode",     "event-selector", "expression", "format",          "functions",
    "interpreter", "loader",   "parser",     "runtime",        "scale",      "scenegraph",      "selection",
    "statistics",  "time",     "transforms", "util",           "view",       "view-transforms",
};

}  // namespace

std::string vega_script() {
  std::string modules;
  for (const std::string name : kModules) {
    // Each module becomes a function with the three parameters that CommonJS gives to a module.
    modules += "\"vega-" + name + "\": function (exports, module, require) {\n";
    modules += embedded_file("vega-" + name + ".min.js");
    modules += "\n},\n";
  }
  constexpr std::string_view kMark = "/* MODULES */";
  std::string script(embedded_file("vega_loader.js"));
  return script.replace(script.find(kMark), kMark.size(), modules);
}

}  // namespace gpu_sweep
