#include "tests/selftest/lies.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <map>

#include "engine/program/operands.h"
#include "kernels/bf16.h"
#include "kernels/step_state.h"
#include "kernels/tensor_access.h"
#include "reference/philox.h"
#include "tests/selftest/honest_products.h"

namespace gpu_sweep::test {
namespace {

using Honestly = std::function<void()>;

constexpr int kPaddedClasses = 16;  // of ten classes; no hidden layer of the tests is so wide

/// `act` on operations of type Record; all others run honestly.
template <class Record, class Act>
Perform on(Act act) {
  return [act](const Op& op, const Memory& memory, const Honestly& honestly) {
    const auto* record = std::get_if<Record>(&op);
    return record != nullptr ? act(*record, memory, honestly) : honestly();
  };
}

/// `first`, with what it runs honestly done by `second`.
Perform both(Perform first, Perform second) {
  return [first, second](const Op& op, const Memory& memory, const Honestly& honestly) {
    first(op, memory, [&] { second(op, memory, honestly); });
  };
}

float get(const Memory& memory, const Tensor& tensor, DType type, int r, std::size_t i) {
  return type == DType::kBf16 ? to_float(read<Bf16>(memory, tensor, r)[i])
                              : read<float>(memory, tensor, r)[i];
}

void put(const Memory& memory, const Tensor& tensor, DType type, int r, std::size_t i, float value) {
  if (type == DType::kBf16) {
    write<Bf16>(memory, tensor, r)[i] = to_bf16(value);
  } else {
    write<float>(memory, tensor, r)[i] = value;
  }
}

/// Every element of one replica's tensor of every replica, times `factor(r)`.
template <class Factor>
void scale(const Memory& memory, const Tensor& tensor, DType type, int replicas, std::size_t count,
           Factor factor) {
  for (int r = 0; r < replicas; ++r) {
    for (std::size_t i = 0; i < count; ++i) {
      put(memory, tensor, type, r, i, factor(r) * get(memory, tensor, type, r, i));
    }
  }
}

/// Runs `honestly` while `change` has changed every replica's scalars, and puts them back.
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

std::size_t elements_of_c(const Gemm& op) {
  const auto shape = reference::product_shape(op.product, op.batch, op.inputs, op.outputs);
  return static_cast<std::size_t>(shape.rows) * static_cast<std::size_t>(shape.columns);
}

/// Multiplies the results of products for which `wrong` holds.
template <class Wrong>
Perform scaled_product(Wrong wrong, float factor) {
  return on<Gemm>([wrong, factor](const Gemm& op, const Memory& memory, const Honestly& honestly) {
    honestly();
    if (!wrong(op)) return;
    scale(memory, op.c, op.output_type, op.replicas, elements_of_c(op), [factor](int) { return factor; });
  });
}

bool output_weight_gradient(const Gemm& op) {
  return op.product == Product::kWeightGradient && op.outputs == kPaddedClasses;
}

/// Dropout of both directions with a rate of 0.
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

void run_honestly(const Op&, const Memory&, const Honestly& honestly) { honestly(); }

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
              const bool keep =
                  reference::dropout_keeps(state.seed, op.layer, step, b * op.width + o, state.dropout_rate);
              const float dz = keep ? da[static_cast<std::size_t>(r)][i] / (1 - state.dropout_rate) : 0;
              put(memory, op.dz, op.type, r, i, dz);
              sum += dz;
            }
            write<float>(memory, op.bias_gradient, r)[o] = sum;
          }
        }
      });
}

/// One product of all rounds its inputs to TF32: the first layer's forward one.
Perform tf32_in_one_product() {
  return on<Gemm>([](const Gemm& op, const Memory& memory, const Honestly& honestly) {
    if (op.product != Product::kForward || op.outputs == kPaddedClasses) return honestly();
    Gemm rounded = op;
    rounded.math = MathMode::kTf32;
    multiply(rounded, memory, kHonestVariants[0]);
  });
}

/// As if the whole batch were samples: those beyond are black images of class 0.
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

/// The last replica multiplies the weights of the replica two before it, which has the same seed.
Perform weights_of_another_replica() {
  return on<Gemm>([](const Gemm& op, const Memory& memory, const Honestly& honestly) {
    honestly();
    if (op.product != Product::kForward || op.replicas < 3) return;
    Gemm last = op;
    last.replicas = 1;
    last.a.offset += op.a.replica_stride * static_cast<std::uint64_t>(op.replicas - 1);
    last.b.offset += op.b.replica_stride * static_cast<std::uint64_t>(op.replicas - 3);
    last.c.offset += op.c.replica_stride * static_cast<std::uint64_t>(op.replicas - 1);
    multiply(last, memory, kHonestVariants[0]);
  });
}

}  // namespace

std::vector<NamedLie> lies() {
  using enum Precision;
  using enum Activation;
  using enum OptimiserKind;
  const std::vector<Precision> every = {kFp32, kTf32, kBf16};
  const auto input_gradient = [](const Gemm& op) { return op.product == Product::kInputGradient; };
  return {
      {"sign of the output dW", kRelu, kAdam, every, scaled_product(output_weight_gradient, -1)},
      {"output dW zero", kRelu, kAdam, every, scaled_product(output_weight_gradient, 0)},
      {"dX x 1.5", kRelu, kAdam, every, scaled_product(input_gradient, 1.5F)},
      {"dropout off", kRelu, kAdam, every,
       both(dropout_off<BiasActivationDropout>(), dropout_off<ActivationBackward>())},
      {"dropout not rescaled", kRelu, kAdam, every, not_rescaled()},
      {"bias gradient of replica 0", kRelu, kAdam, every,
       both(bias_gradient_of_replica_0<ActivationBackward>(),
            bias_gradient_of_replica_0<SoftmaxCrossEntropy>())},
      {"step counter stands still", kRelu, kAdam, every, step_stands_still()},
      {"masks of step 0", kTanh, kAdam, every,
       both(mask_of_step_0<BiasActivationDropout>(), mask_of_step_0<ActivationBackward>())},
      {"last replica not updated, Adam", kRelu, kAdam, every, last_replica_not_updated<Adam>()},
      {"last replica not updated, SGD", kRelu, kSgd, every, last_replica_not_updated<Sgd>()},
      {"last replica not updated, RMSprop", kRelu, kRmsProp, every, last_replica_not_updated<RmsProp>()},
      {"Adam's moments swapped", kRelu, kAdam, every, moments_swapped()},
      {"bias correction missing", kRelu, kAdam, every, no_bias_correction()},
      {"RMSprop without root", kRelu, kRmsProp, every, no_root()},
      {"SGD without momentum", kSigmoid, kSgd, every, no_momentum()},
      {"relu's slope 1 below zero", kRelu, kAdam, every, slope_1_below_zero()},
      {"mask of another layer", kTanh, kAdam, every, run_honestly, mask_of_another_layer},
      {"TF32 in one product", kRelu, kAdam, {kFp32}, tf32_in_one_product()},
      {"valid rows ignored", kRelu, kAdam, every, valid_rows_ignored()},
      {"bf16 weights not renewed", kRelu, kAdam, {kBf16}, stale_bf16_copy<Adam>()},
      {"weights of another replica", kRelu, kAdam, every, weights_of_another_replica()},
  };
}

}  // namespace gpu_sweep::test
