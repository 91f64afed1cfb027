// Building blocks of the lies in lies.h.
#pragma once

#include <cstddef>
#include <functional>
#include <variant>
#include <vector>

#include "kernels/common/bf16.h"
#include "kernels/common/step_state.h"
#include "kernels/common/tensor_access.h"
#include "tests/selftest/lying_lane.h"

namespace gpu_sweep::test {

using Honestly = std::function<void()>;

inline void run_honestly(const Op&, const Memory&, const Honestly& honestly) { honestly(); }

/// Calls `act` for operations of type Record. All other operations are run honestly.
template <class Record, class Act>
Perform on(Act act) {
  return [act](const Op& op, const Memory& memory, const Honestly& honestly) {
    const auto* record = std::get_if<Record>(&op);
    return record != nullptr ? act(*record, memory, honestly) : honestly();
  };
}

/// Combines two lies: `second` performs the operations that `first` would run honestly.
inline Perform both(Perform first, Perform second) {
  return [first, second](const Op& op, const Memory& memory, const Honestly& honestly) {
    first(op, memory, [&] { second(op, memory, honestly); });
  };
}

inline float get(const Memory& memory, const Tensor& tensor, DType type, int r, std::size_t i) {
  return type == DType::kBf16 ? to_float(read<Bf16>(memory, tensor, r)[i])
                              : read<float>(memory, tensor, r)[i];
}

inline void put(const Memory& memory, const Tensor& tensor, DType type, int r, std::size_t i, float value) {
  if (type == DType::kBf16) {
    write<Bf16>(memory, tensor, r)[i] = to_bf16(value);
  } else {
    write<float>(memory, tensor, r)[i] = value;
  }
}

/// Multiplies every element of each replica's tensor by `factor(r)`.
template <class Factor>
void scale(const Memory& memory, const Tensor& tensor, DType type, int replicas, std::size_t count,
           Factor factor) {
  for (int r = 0; r < replicas; ++r) {
    for (std::size_t i = 0; i < count; ++i) {
      put(memory, tensor, type, r, i, factor(r) * get(memory, tensor, type, r, i));
    }
  }
}

/// Runs `honestly` while the scalars of every replica are changed by `change`. Restores the scalars
/// afterwards.
template <class Change>
void with_other_scalars(const Memory& memory, const Tensor& tensor, int replicas, const Honestly& honestly,
                        Change change) {
  std::vector<ReplicaState> kept;
  for (int r = 0; r < replicas; ++r) {
    auto* state = write<ReplicaState>(memory, tensor, r);
    kept.push_back(*state);
    change(*state);
  }
  honestly();
  for (int r = 0; r < replicas; ++r)
    *write<ReplicaState>(memory, tensor, r) = kept[static_cast<std::size_t>(r)];
}

}  // namespace gpu_sweep::test
