// IDX files, plain and gzip.
#include "engine/data/idx_file.h"
#include "tests/fuzz/check.h"

namespace gpu_sweep {

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  for (const IdxKind kind : {IdxKind::kImages, IdxKind::kLabels}) {
    fuzz::require_error_or_success(ExitCode::kData, [&] {
      const IdxFile file = decode_idx({data, size}, kind, "f");
      const std::uint64_t values =
          std::uint64_t(file.rows) * std::uint64_t(file.height) * std::uint64_t(file.width);
      fuzz::require(file.rows > 0 && values == file.values.size(), "the values fill the shape");
    });
  }
  return 0;
}

}  // namespace gpu_sweep
