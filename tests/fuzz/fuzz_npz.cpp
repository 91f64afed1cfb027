// Zip archives of arrays, and the weights they may contain.
#include "engine/store/formats/npz.h"
#include "engine/store/formats/parse_weights.h"
#include "tests/fuzz/check.h"

namespace gpu_sweep {

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::require_error_or_success(ExitCode::kData, [&] {
    const NpzArrays arrays = parse_npz({data, size}, "f");
    if (!arrays.empty()) {
      const NpzArrays again = parse_npz(format_npz({arrays.begin(), arrays.end()}), "f");
      fuzz::require(again == arrays, "what was read can be written and read again");
    }
    parse_weights(arrays, "f");
  });
  return 0;
}

}  // namespace gpu_sweep
