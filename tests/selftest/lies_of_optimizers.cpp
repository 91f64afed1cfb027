#include <algorithm>
#include <cstdint>
#include <map>

#include "tests/selftest/lie_parts.h"
#include "tests/selftest/lies.h"

namespace gpu_sweep::test {
namespace {

/// Calls `act` for updates of one optimizer. All other operations are run honestly.
template <class Act>
Perform on_update(OptimizerKind optimizer, Act act) {
  return on<Update>([optimizer, act](const Update& op, const Memory& memory, const Honestly& honestly) {
    return op.optimizer == optimizer ? act(op, memory, honestly) : honestly();
  });
}

Perform last_replica_not_updated(OptimizerKind optimizer) {
  return on_update(optimizer, [](const Update& op, const Memory& memory, const Honestly& honestly) {
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

Perform stale_bf16_copy(OptimizerKind optimizer) {
  return on_update(optimizer, [](const Update& op, const Memory& memory, const Honestly& honestly) {
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
  return on_update(OptimizerKind::kAdam,
                   [](const Update& op, const Memory& memory, const Honestly& honestly) {
                     const auto swap = [&] {
                       for (int r = 0; r < op.replicas; ++r) {
                         std::swap_ranges(write<float>(memory, op.moments[0], r),
                                          write<float>(memory, op.moments[0], r) + op.parameters,
                                          write<float>(memory, op.moments[1], r));
                       }
                     };
                     honestly();
                     swap();
                   });
}

Perform no_bias_correction() {
  return on_update(
      OptimizerKind::kAdam, [](const Update& op, const Memory& memory, const Honestly& honestly) {
        with_other_scalars(memory, op.replica_state, op.replicas, honestly, [](ReplicaState& state) {
          state.step_size = static_cast<float>(state.learning_rate);
        });
      });
}

Perform no_momentum() {
  return on_update(OptimizerKind::kSgd, [](const Update& op, const Memory& memory, const Honestly& honestly) {
    with_other_scalars(memory, op.replica_state, op.replicas, honestly,
                       [](ReplicaState& state) { state.momentum = 0; });
  });
}

Perform no_decay() {
  return on_update(OptimizerKind::kAdamW,
                   [](const Update& op, const Memory& memory, const Honestly& honestly) {
                     with_other_scalars(memory, op.replica_state, op.replicas, honestly,
                                        [](ReplicaState& state) { state.weight_decay = 0; });
                   });
}

void plain_momentum_of(Program& program) {
  altering<Update>([](Update& op) {
    if (op.optimizer == OptimizerKind::kNesterov) op.optimizer = OptimizerKind::kSgd;
  })(program);
}

Perform no_root() {
  return on_update(OptimizerKind::kRmsProp, [](const Update& op, const Memory& memory,
                                               const Honestly& honestly) {
    std::vector<std::vector<float>> kept;
    for (int r = 0; r < op.replicas; ++r) {
      const auto* weights = read<float>(memory, op.weights, r);
      kept.emplace_back(weights, weights + op.parameters);
    }
    honestly();
    for (int r = 0; r < op.replicas; ++r) {
      const ReplicaState state = *read<ReplicaState>(memory, op.replica_state, r);
      for (std::int64_t i = 0; i < op.parameters; ++i) {
        const float g = read<float>(memory, op.gradient, r)[i], v = read<float>(memory, op.moments[0], r)[i];
        const float w = kept[static_cast<std::size_t>(r)][static_cast<std::size_t>(i)] -
                        state.step_size * g / (v + state.epsilon);
        write<float>(memory, op.weights, r)[i] = w;
        if (op.bf16_copy) write<Bf16>(memory, op.weights_bf16, r)[i] = to_bf16(w);
      }
    }
  });
}

}  // namespace

std::vector<NamedLie> lies_of_optimizers() {
  using enum Precision;
  using enum Activation;
  using enum OptimizerKind;
  const std::vector<Precision>& every = kEveryPrecision;
  return {
      {"last replica not updated, Adam", kRelu, kAdam, every, last_replica_not_updated(kAdam)},
      {"last replica not updated, SGD", kRelu, kSgd, every, last_replica_not_updated(kSgd)},
      {"last replica not updated, RMSprop", kRelu, kRmsProp, every, last_replica_not_updated(kRmsProp)},
      {"last replica not updated, AdamW", kGelu, kAdamW, every, last_replica_not_updated(kAdamW)},
      {"last replica not updated, Nesterov", kSilu, kNesterov, every, last_replica_not_updated(kNesterov)},
      {"AdamW without decay", kGelu, kAdamW, every, no_decay()},
      {"Nesterov as plain momentum", kSilu, kNesterov, every, run_honestly, plain_momentum_of},
      {"Adam's moments swapped", kRelu, kAdam, every, moments_swapped()},
      {"bias correction missing", kRelu, kAdam, every, no_bias_correction()},
      {"RMSprop without root", kRelu, kRmsProp, every, no_root()},
      {"SGD without momentum", kSigmoid, kSgd, every, no_momentum()},
      {"bf16 weights not renewed", kRelu, kAdam, {kBf16}, stale_bf16_copy(kAdam)},
  };
}

}  // namespace gpu_sweep::test
