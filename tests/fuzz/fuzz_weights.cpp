// Archives of valid arrays whose names, types and shapes need not be those of weights.
#include <fuzzer/FuzzedDataProvider.h>

#include "engine/store/formats/parse_weights.h"
#include "tests/fuzz/check.h"

namespace gpu_sweep {
namespace {

NpyArray draw_array(FuzzedDataProvider& draw) {
  constexpr std::uint64_t kSizes[] = {0, 1, 2, 3, 4};
  std::vector<std::uint64_t> shape(draw.ConsumeIntegralInRange<std::size_t>(0, 3));
  std::uint64_t values = 1;
  for (std::uint64_t& size : shape) values *= size = draw.PickValueInArray(kSizes);
  switch (draw.ConsumeIntegralInRange(0, 7)) {
    case 0:
      return npy_array(shape, std::vector<double>(values));
    case 1:
      return npy_array(shape, std::vector<std::uint8_t>(values, 'a'));
    default:
      break;
  }
  return npy_array(shape, std::vector<float>(values, draw.ConsumeFloatingPoint<float>()));
}

void require_chain(const Weights& weights) {
  for (std::size_t l = 0; l < weights.size(); ++l) {
    const auto inputs = static_cast<std::size_t>(weights[l].inputs);
    const auto outputs = static_cast<std::size_t>(weights[l].outputs);
    fuzz::require(inputs > 0 && outputs > 0, "no width is 0");
    fuzz::require(weights[l].kernel.size() == inputs * outputs, "the kernel fills its shape");
    fuzz::require(weights[l].bias.size() == outputs, "there is a bias for each output");
    fuzz::require(l == 0 || weights[l - 1].outputs == weights[l].inputs, "the layers chain up");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  FuzzedDataProvider draw(data, size);
  static constexpr const char* kNames[] = {"dense_0/kernel", "dense_0/bias", "dense_1/kernel", "dense_1/bias",
                                           "dense_2/kernel", "dense_2/bias", "dense_9/bias",   "key",
                                           "other"};
  NpzArrays arrays;
  while (draw.remaining_bytes() > 0) arrays[draw.PickValueInArray(kNames)] = draw_array(draw);
  fuzz::require_error_or_success(ExitCode::kData, [&] { require_chain(parse_weights(arrays, "f")); });
  return 0;
}

}  // namespace gpu_sweep
