// IDX files, plain and gzip.
#include "engine/data/idx_file.h"
#include "tests/fuzz/check.h"

namespace gpu_sweep {

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  for (const IdxKind kind : {IdxKind::kImages, IdxKind::kLabels}) {
    fuzz::require_error_or_success(ExitCode::kData, [&] {
      const IdxFile file = decode_idx({data, size}, kind, "f");
      std::uint64_t bytes = size_of(file.type);
      for (const std::uint64_t each : file.shape) bytes *= each;
      fuzz::require(file.rows > 0 && bytes == file.values.size(), "the values fill the shape");
    });
  }
  return 0;
}

}  // namespace gpu_sweep
