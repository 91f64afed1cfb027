// Data sets in .npz archives.
#include <cmath>

#include "engine/data/read_dataset.h"
#include "tests/fuzz/check.h"

namespace gpu_sweep {

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  for (const auto& normalize : {std::optional<Normalize>{}, std::optional(Normalize::kStandardize)}) {
    fuzz::require_error_or_success(ExitCode::kData, [&] {
      DataSettings settings;
      settings.normalize = normalize;
      const auto archive = std::make_shared<const ZipArchive>(std::span(data, size), "f");
      const Dataset dataset = read_dataset(open_npz(archive), DataKind::kNpz, {}, settings);
      for (const LabelledImages& split : dataset.splits) {
        const auto values = split.labels.size() * static_cast<std::size_t>(dataset.features());
        const bool bytes = dataset.inputs.type == InputType::kU8;
        fuzz::require((bytes ? split.pixels.size() : split.floats.size()) == values,
                      "the values fill the shape");
        for (const float value : split.floats) fuzz::require(std::isfinite(value), "every value is finite");
        for (const int label : split.labels) fuzz::require(label < dataset.classes, "every label is a class");
      }
    });
  }
  return 0;
}

}  // namespace gpu_sweep
