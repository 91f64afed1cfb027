// The sources of a run's random draws, with the names that the key `vary` and its flag use.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/experiment/toml_item.h"
#include "gpu_sweep/model_spec.h"

namespace gpu_sweep {

/// Returns "init", "order", "dropout".
std::vector<std::string> source_names();

/// Returns the names of the sources that vary, in the order of source_names().
std::vector<std::string> names_of(const VariedSources& sources);

/// Returns a set in which no source varies, to which `add_source` adds sources.
VariedSources no_sources();

/// Makes the source of this name vary. Returns "" if the name is valid. Otherwise returns what is wrong with
/// it: "'init' twice", or a text about an unknown name.
std::string add_source(VariedSources& sources, std::string_view name);

/// Reads an array of at least one name, in which no name occurs twice.
VariedSources read_varied_sources(const TomlItem& item);

/// If all runs of the model would be the same, returns the reason, such as "vary: found dropout, but dropout
/// is 0: ...". Returns "" if the model makes random draws from a source that varies.
std::string fault_in_sources(const ModelSpec& model);

}  // namespace gpu_sweep
