#include <algorithm>
#include <cstdint>

#include "reference/philox.h"
#include "tests/selftest/lie_parts.h"
#include "tests/selftest/lies.h"

namespace gpu_sweep::test {
namespace {

/// Performs operations of type HiddenOp with a dropout rate of 0.
template <class HiddenOp>
Perform dropout_off() {
  return on<HiddenOp>([](const HiddenOp& op, const Memory& memory, const Honestly& honestly) {
    with_other_scalars(memory, op.replica_state, op.replicas, honestly,
                       [](ReplicaState& state) { state.dropout_rate = 0; });
  });
}

template <class HiddenOp>
std::size_t elements(const HiddenOp& op) {
  return static_cast<std::size_t>(op.batch) * static_cast<std::size_t>(op.leading);
}

Perform not_rescaled() {
  const auto kept = [](const Memory& memory, const Tensor& state) {
    return [&memory, &state](int r) { return 1 - read<ReplicaState>(memory, state, r)->dropout_rate; };
  };
  return both(
      on<BiasActivationDropout>([kept](const auto& op, const Memory& memory, const Honestly& honestly) {
        honestly();
        if (!op.training) return;
        scale(memory, op.a, op.type, op.replicas, elements(op), kept(memory, op.replica_state));
      }),
      on<ActivationBackward>([kept](const auto& op, const Memory& memory, const Honestly& honestly) {
        honestly();
        const auto factor = kept(memory, op.replica_state);
        scale(memory, op.dz, op.type, op.replicas, elements(op), factor);
        scale(memory, op.bias_gradient, DType::kF32, op.replicas, static_cast<std::size_t>(op.leading),
              factor);
      }));
}

template <class BackwardOp>
Perform bias_gradient_of_replica_0() {
  return on<BackwardOp>([](const BackwardOp& op, const Memory& memory, const Honestly& honestly) {
    honestly();
    for (int r = 1; r < op.replicas; ++r) {
      std::copy_n(read<float>(memory, op.bias_gradient, 0), op.leading,
                  write<float>(memory, op.bias_gradient, r));
    }
  });
}

Perform step_stands_still() {
  return on<Advance>([](const Advance& op, const Memory& memory, const Honestly& honestly) {
    const std::uint32_t step = read<StepState>(memory, op.state, 0)->step;
    honestly();
    write<StepState>(memory, op.state, 0)->step = step;
  });
}

template <class HiddenOp>
Perform mask_of_step_0() {
  return on<HiddenOp>([](const HiddenOp& op, const Memory& memory, const Honestly& honestly) {
    auto* state = write<StepState>(memory, op.state, 0);
    const std::uint32_t step = state->step;
    state->step = 0;
    honestly();
    state->step = step;
  });
}

void mask_of_another_layer(Program& program) {
  altering<BiasActivationDropout>([](BiasActivationDropout& op) { ++op.layer; })(program);
  altering<ActivationBackward>([](ActivationBackward& op) { ++op.layer; })(program);
}

Perform slope_1_below_zero() {
  return on<ActivationBackward>(
      [](const ActivationBackward& op, const Memory& memory, const Honestly& honestly) {
        std::vector<std::vector<float>> da(static_cast<std::size_t>(op.replicas));
        for (int r = 0; r < op.replicas; ++r) {
          for (std::size_t i = 0; i < elements(op); ++i) {
            da[static_cast<std::size_t>(r)].push_back(get(memory, op.da, op.type, r, i));
          }
        }
        honestly();
        const std::uint32_t step = read<StepState>(memory, op.state, 0)->step;
        for (int r = 0; r < op.replicas; ++r) {
          const ReplicaState state = *read<ReplicaState>(memory, op.replica_state, r);
          for (int o = 0; o < op.width; ++o) {
            float sum = 0;
            for (int b = 0; b < op.batch; ++b) {
              const auto i = static_cast<std::size_t>(b) * static_cast<std::size_t>(op.leading) +
                             static_cast<std::size_t>(o);
              const bool keep = reference::dropout_keeps(state.dropout_seed, op.layer, step, b * op.width + o,
                                                         state.dropout_rate);
              const float dz = keep ? da[static_cast<std::size_t>(r)][i] / (1 - state.dropout_rate) : 0;
              put(memory, op.dz, op.type, r, i, dz);
              sum += dz;
            }
            write<float>(memory, op.bias_gradient, r)[o] = sum;
          }
        }
      });
}

/// Treats all rows of the batch as valid. Rows beyond the valid ones are black images of class 0.
Perform valid_rows_ignored() {
  return on<SoftmaxCrossEntropy>(
      [](const SoftmaxCrossEntropy& op, const Memory& memory, const Honestly& honestly) {
        auto* state = write<StepState>(memory, op.state, 0);
        const std::uint32_t cursor = state->cursor;
        if (op.rows >= op.batch) state->cursor = 0;
        honestly();
        state->cursor = cursor;
      });
}

}  // namespace

std::vector<NamedLie> lies_of_layers() {
  using enum Activation;
  using enum OptimizerKind;
  const std::vector<Precision>& every = kEveryPrecision;
  return {
      {"dropout off", kRelu, kAdam, every,
       both(dropout_off<BiasActivationDropout>(), dropout_off<ActivationBackward>())},
      {"dropout not rescaled", kRelu, kAdam, every, not_rescaled()},
      {"bias gradient of replica 0", kRelu, kAdam, every,
       both(bias_gradient_of_replica_0<ActivationBackward>(),
            bias_gradient_of_replica_0<SoftmaxCrossEntropy>())},
      {"step counter stands still", kRelu, kAdam, every, step_stands_still()},
      {"masks of step 0", kTanh, kAdam, every,
       both(mask_of_step_0<BiasActivationDropout>(), mask_of_step_0<ActivationBackward>())},
      {"relu's slope 1 below zero", kRelu, kAdam, every, slope_1_below_zero()},
      {"mask of another layer", kTanh, kAdam, every, run_honestly, mask_of_another_layer},
      {"valid rows ignored", kRelu, kAdam, every, valid_rows_ignored()},
  };
}

}  // namespace gpu_sweep::test
