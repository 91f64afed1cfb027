// Single .npy arrays. They have a target of their own because, inside an archive, a checksum hides them from
// the fuzzer.
#include "engine/store/formats/npy.h"
#include "tests/fuzz/check.h"

namespace gpu_sweep {

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::require_error_or_success(ExitCode::kData, [&] {
    const NpyArray array = parse_npy({data, size}, "f");
    fuzz::require(parse_npy(format_npy(array), "f") == array, "what was read can be written and read again");
  });
  return 0;
}

}  // namespace gpu_sweep
