// What the parser accepts for each key of an experiment, as text for the page of keys.
#pragma once

#include <string>
#include <vector>

namespace gpu_sweep {

/// What the parser knows about a key. Texts are Markdown.
struct KeyFacts {
  std::string key;
  std::string type;
  std::string range;
  std::string fallback;  ///< the value of a key that is not stated
};

std::vector<KeyFacts> top_facts();  ///< of the keys that stand in no table
std::vector<KeyFacts> row_facts();  ///< of a table of held-out rows: `validation`, `test`, `judge`
std::vector<KeyFacts> model_facts();
std::vector<KeyFacts> optimizer_facts();
std::vector<KeyFacts> schedule_facts();
std::vector<KeyFacts> early_stopping_facts();

}  // namespace gpu_sweep
