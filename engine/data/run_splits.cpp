#include "engine/data/run_splits.h"

#include <algorithm>
#include <iterator>

#include "engine/data/split.h"

namespace gpu_sweep {

RunSplits::RunSplits(const Dataset& pool)
    : labels_(pool[Split::kTrain].labels),
      validation_rows_(pool[Split::kValidation].labels.size()),
      validation_(pool.settings.validation.value_or(HoldOut{})) {
  std::ranges::copy(pool[Split::kValidation].labels, std::back_inserter(labels_));
}

std::vector<std::uint32_t> RunSplits::rows_of(std::uint64_t seed) const {
  const auto own = static_cast<std::uint32_t>(validation_.seed + seed);
  const HeldOut parts = divide(labels_, validation_rows_, own, validation_.stratified);
  std::vector<std::uint32_t> rows(parts.kept.begin(), parts.kept.end());
  rows.insert(rows.end(), parts.held_out.begin(), parts.held_out.end());
  return rows;
}

std::vector<std::int64_t> RunSplits::label_counts(const std::vector<std::uint32_t>& rows, int count,
                                                  int classes) const {
  std::vector<std::int64_t> counts(static_cast<std::size_t>(classes));
  for (int i = 0; i < count; ++i) {
    const std::uint8_t label = labels_[rows[static_cast<std::size_t>(i)]];
    if (label < counts.size()) ++counts[label];
  }
  return counts;
}

}  // namespace gpu_sweep
