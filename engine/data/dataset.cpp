#include "gpu_sweep/dataset.h"

#include <algorithm>

namespace gpu_sweep {

const char* to_string(Split split) {
  switch (split) {
    case Split::kTrain:
      return "train";
    case Split::kValidation:
      return "validation";
    case Split::kTest:
      return "test";
    case Split::kJudging:
      return "judging";
  }
  return "?";
}

Dataset first_rows(const Dataset& dataset, const std::array<int, 3>& rows) {
  Dataset cut;
  cut.height = dataset.height;
  cut.width = dataset.width;
  cut.inputs = dataset.inputs;
  cut.classes = dataset.classes;
  cut.settings = dataset.settings;
  for (std::size_t s = 0; s < rows.size(); ++s) {
    const LabelledImages& all = dataset.splits[s];
    LabelledImages& part = cut.splits[s];
    part.rows = std::min(all.rows, rows[s]);
    part.labels.assign(all.labels.begin(), all.labels.begin() + part.rows);
    with_input_type(dataset.inputs.type, [&]<class Input>() {
      const std::ptrdiff_t count = static_cast<std::ptrdiff_t>(part.rows) * dataset.features();
      const std::vector<Input>& from = all.inputs<Input>();
      part.inputs<Input>().assign(from.begin(), from.begin() + count);
    });
  }
  return cut;
}

}  // namespace gpu_sweep
