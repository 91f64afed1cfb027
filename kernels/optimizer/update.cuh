// What the kernels of the optimisers share: one pass over a replica's parameters, their gradient and moments.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>

#include "kernels/common/bf16.h"
#include "kernels/common/launch.cuh"
#include "kernels/common/pack.cuh"
#include "kernels/common/step_state.h"
#include "kernels/common/tensor_access.h"

namespace gpu_sweep::cuda {

/// One step of an update rule. A thread updates kWidth neighbouring parameters of one replica. kWidth > 1
/// asks for parameters % kWidth == 0 and aligned tensors.
///
/// A Rule names its record (Op), is made from a ReplicaState, and has moments(op), an array of the tensors
/// [R, P] f32 that it keeps beside the weights, and operator()(g, w, moments) for one element.
template <class Rule, int kWidth>
__global__ __launch_bounds__(kBlockThreads) void update(typename Rule::Op op, Memory memory, int first) {
  const int r = replica_of_block(first);
  const std::int64_t i = (static_cast<std::int64_t>(blockIdx.x) * blockDim.x + threadIdx.x) * kWidth;
  if (i >= op.parameters) return;

  const Rule rule(*read<ReplicaState>(memory, op.replica_state, r));
  const auto tensors = Rule::moments(op);
  constexpr int kMoments = static_cast<int>(std::tuple_size_v<decltype(Rule::moments(op))>);
  const auto gradient = load<kWidth>(read<float>(memory, op.gradient, r) + i);
  auto weights = load<kWidth>(read<float>(memory, op.weights, r) + i);
  Pack<float, kWidth> moments[kMoments];
  for (int j = 0; j < kMoments; ++j) moments[j] = load<kWidth>(read<float>(memory, tensors[j], r) + i);
  for (int k = 0; k < kWidth; ++k) {
    float own[kMoments];
    for (int j = 0; j < kMoments; ++j) own[j] = moments[j].at[k];
    rule(gradient.at[k], weights.at[k], own);
    for (int j = 0; j < kMoments; ++j) moments[j].at[k] = own[j];
  }
  store(write<float>(memory, op.weights, r) + i, weights);
  for (int j = 0; j < kMoments; ++j) store(write<float>(memory, tensors[j], r) + i, moments[j]);
  if (op.bf16_copy) store_bf16(write<Bf16>(memory, op.weights_bf16, r) + i, weights);
}

template <class Rule, int kWidth>
void launch_update(const char* name, const typename Rule::Op& op, const Memory& memory, Queue& queue) {
  launch_replicas(name, queue, ceil_divide(op.parameters, kBlockThreads * kWidth), kBlockThreads,
                  update<Rule, kWidth>, op, memory);
}

/// Queues one step of the rule, four parameters a thread where the tensors allow it.
template <class Rule>
void execute_update(const char* name, const typename Rule::Op& op, const Memory& memory, Queue& queue) {
  const auto moments = Rule::moments(op);
  const auto by_16 = [&](const Tensor& tensor) { return aligned(memory, tensor, 16); };
  const bool packs = op.parameters % 4 == 0 && by_16(op.gradient) && by_16(op.weights) &&
                     std::all_of(moments.begin(), moments.end(), by_16) &&
                     (!op.bf16_copy || aligned(memory, op.weights_bf16, 8));
  packs ? launch_update<Rule, 4>(name, op, memory, queue) : launch_update<Rule, 1>(name, op, memory, queue);
}

}  // namespace gpu_sweep::cuda
