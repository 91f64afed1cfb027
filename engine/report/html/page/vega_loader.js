// Assembles the modules of Vega. Each module is a function with CommonJS's parameters exports, module and
// require.
var vega = (function () {
  "use strict";
  const modules = {
/* MODULES */
  };
  const aliases = { "vega-selections": "vega-selection" };
  const loaded = {};
  function require(name) {
    name = aliases[name] || name;
    if (!loaded[name]) {
      loaded[name] = {};
      modules[name].call(undefined, loaded[name], { exports: loaded[name] }, require);
    }
    return loaded[name];
  }
  const transforms = require("vega-dataflow").transforms;
  for (const name of ["vega-transforms", "vega-view-transforms", "vega-encode"]) {
    Object.assign(transforms, require(name));
  }
  return {
    View: require("vega-view").View,
    parse: require("vega-parser").parse,
    expressionInterpreter: require("vega-interpreter").expressionInterpreter,
  };
})();
