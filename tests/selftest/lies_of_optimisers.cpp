#include <algorithm>
#include <cstdint>
#include <map>

#include "tests/selftest/lie_parts.h"
#include "tests/selftest/lies.h"

namespace gpu_sweep::test {
namespace {

template <class Update>
Perform last_replica_not_updated() {
  return on<Update>([](const Update& op, const Memory& memory, const Honestly& honestly) {
    const int last = op.replicas - 1;
    const auto* weights = read<float>(memory, op.weights, last);
    const std::vector<float> kept(weights, weights + op.parameters);
    std::vector<Bf16> kept_bf16;
    if (op.bf16_copy) {
      const auto* copies = read<Bf16>(memory, op.weights_bf16, last);
      kept_bf16.assign(copies, copies + op.parameters);
    }
    honestly();
    std::copy(kept.begin(), kept.end(), write<float>(memory, op.weights, last));
    if (op.bf16_copy)
      std::copy(kept_bf16.begin(), kept_bf16.end(), write<Bf16>(memory, op.weights_bf16, last));
  });
}

template <class Update>
Perform stale_bf16_copy() {
  return on<Update>([](const Update& op, const Memory& memory, const Honestly& honestly) {
    std::map<int, std::vector<Bf16>> kept;
    for (int r = 0; r < op.replicas; ++r) {
      const auto* copies = read<Bf16>(memory, op.weights_bf16, r);
      kept[r].assign(copies, copies + op.parameters);
    }
    honestly();
    for (const auto& [r, copies] : kept) {
      std::copy(copies.begin(), copies.end(), write<Bf16>(memory, op.weights_bf16, r));
    }
  });
}

Perform moments_swapped() {
  return on<Adam>([](const Adam& op, const Memory& memory, const Honestly& honestly) {
    const auto swap = [&] {
      for (int r = 0; r < op.replicas; ++r) {
        std::swap_ranges(write<float>(memory, op.m, r), write<float>(memory, op.m, r) + op.parameters,
                         write<float>(memory, op.v, r));
      }
    };
    honestly();
    swap();
  });
}

Perform no_bias_correction() {
  return on<Adam>([](const Adam& op, const Memory& memory, const Honestly& honestly) {
    with_other_scalars(memory, op.replica_state, op.replicas, honestly, [](ReplicaState& state) {
      state.step_size = static_cast<float>(state.learning_rate);
    });
  });
}

Perform no_momentum() {
  return on<Sgd>([](const Sgd& op, const Memory& memory, const Honestly& honestly) {
    with_other_scalars(memory, op.replica_state, op.replicas, honestly,
                       [](ReplicaState& state) { state.momentum = 0; });
  });
}

Perform no_root() {
  return on<RmsProp>([](const RmsProp& op, const Memory& memory, const Honestly& honestly) {
    std::vector<std::vector<float>> kept;
    for (int r = 0; r < op.replicas; ++r) {
      const auto* weights = read<float>(memory, op.weights, r);
      kept.emplace_back(weights, weights + op.parameters);
    }
    honestly();
    for (int r = 0; r < op.replicas; ++r) {
      const ReplicaState state = *read<ReplicaState>(memory, op.replica_state, r);
      for (std::int64_t i = 0; i < op.parameters; ++i) {
        const float g = read<float>(memory, op.gradient, r)[i], v = read<float>(memory, op.v, r)[i];
        const float w = kept[static_cast<std::size_t>(r)][static_cast<std::size_t>(i)] -
                        state.step_size * g / (v + state.epsilon);
        write<float>(memory, op.weights, r)[i] = w;
        if (op.bf16_copy) write<Bf16>(memory, op.weights_bf16, r)[i] = to_bf16(w);
      }
    }
  });
}

}  // namespace

std::vector<NamedLie> lies_of_optimisers() {
  using enum Precision;
  using enum Activation;
  using enum OptimiserKind;
  const std::vector<Precision>& every = kEveryPrecision;
  return {
      {"last replica not updated, Adam", kRelu, kAdam, every, last_replica_not_updated<Adam>()},
      {"last replica not updated, SGD", kRelu, kSgd, every, last_replica_not_updated<Sgd>()},
      {"last replica not updated, RMSprop", kRelu, kRmsProp, every, last_replica_not_updated<RmsProp>()},
      {"Adam's moments swapped", kRelu, kAdam, every, moments_swapped()},
      {"bias correction missing", kRelu, kAdam, every, no_bias_correction()},
      {"RMSprop without root", kRelu, kRmsProp, every, no_root()},
      {"SGD without momentum", kSigmoid, kSgd, every, no_momentum()},
      {"bf16 weights not renewed", kRelu, kAdam, {kBf16}, stale_bf16_copy<Adam>()},
  };
}

}  // namespace gpu_sweep::test
