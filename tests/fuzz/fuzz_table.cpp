// Data sets that are CSV tables, with the column "y" as target.
#include <cmath>

#include "engine/data/read_dataset.h"
#include "engine/data/table_files.h"
#include "tests/fuzz/check.h"

namespace gpu_sweep {

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  DataSettings settings;
  settings.target = "y";
  settings.normalize = Normalize::kStandardize;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  fuzz::require_error_or_success(ExitCode::kData, [&] {
    ArrayFiles files;
    try {
      files = open_table(text, "f", settings, {});
    } catch (const Error& error) {
      if (error.code() == ExitCode::kUsage) return;  // the table has no column "y"
      throw;
    }
    const Dataset dataset = read_dataset(std::move(files), DataKind::kTable, {}, settings);
    fuzz::require(
        dataset.classes >= 2 && dataset.class_names.size() == static_cast<std::size_t>(dataset.classes),
        "every class has a name");
    for (const LabelledImages& split : dataset.splits) {
      for (const float value : split.floats) fuzz::require(std::isfinite(value), "every value is finite");
      for (const int label : split.labels) fuzz::require(label < dataset.classes, "every label is a class");
    }
  });
  return 0;
}

}  // namespace gpu_sweep
