#include "engine/lane/resident_data.h"

#include <fmt/format.h>

#include "engine/lane/out_of_memory.h"

namespace gpu_sweep {

Buffer allocate_dataset(Lane& lane, const DatasetLayout& layout) {
  try {
    return lane.allocate(layout.bytes);
  } catch (const OutOfMemory& error) {
    std::uint64_t rows = 0;
    for (const Split split : kAllSplits) rows += static_cast<std::uint64_t>(layout[split].rows);
    const std::uint64_t row_bytes =
        static_cast<std::uint64_t>(layout.features) * size_of(layout.inputs.type) + 1;  // 1 for the label
    throw Error(
        ExitCode::kDevice,
        fmt::format("{}: the data set has {} rows of {} {} values, of which about {} would fit", error.what(),
                    rows, layout.features, layout.inputs.type == InputType::kU8 ? "uint8" : "float32",
                    lane.free_bytes() / row_bytes));
  }
}

Buffer resident_dataset(Lane& lane, const Dataset& dataset, const DatasetLayout& layout) {
  Buffer buffer = allocate_dataset(lane, layout);
  for (const DatasetPart& part : parts_of(dataset, layout)) lane.upload(buffer, part.offset, part.bytes);
  lane.wait();
  return buffer;
}

}  // namespace gpu_sweep
