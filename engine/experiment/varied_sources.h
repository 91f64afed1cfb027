// The sources of a run's random draws, as the key `vary` and its flag name them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/experiment/toml_item.h"
#include "gpu_sweep/model_spec.h"

namespace gpu_sweep {

/// "init", "order", "dropout"
std::vector<std::string> source_names();

/// Returns the names of the sources that vary, in the order of source_names().
std::vector<std::string> names_of(const VariedSources& sources);

/// Returns sources of which none varies, as a start for `add_source`.
VariedSources no_sources();

/// Lets the source of this name vary. Returns what is wrong with the name, "'init' twice" or an unknown
/// name, or "".
std::string add_source(VariedSources& sources, std::string_view name);

/// Reads an array of names: any but none, each once.
VariedSources read_varied_sources(const TomlItem& item);

/// Returns why every run of the model would be the same, such as "vary: found dropout, but dropout is 0:
/// ...", or "" if a source varies from which the model draws.
std::string fault_in_sources(const ModelSpec& model);

}  // namespace gpu_sweep
