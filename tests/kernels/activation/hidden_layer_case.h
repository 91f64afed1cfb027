// The shapes with which the element-wise operations of a hidden layer are tested.
#pragma once

#include <string>
#include <vector>

#include "gpu_sweep/activation.h"
#include "tests/kernels/kernel_test.h"

namespace gpu_sweep::test {

struct HiddenLayerCase {
  int replicas, batch, width, leading;
  Activation activation;
  DType type;
  float rate;  ///< dropout rate of replica 0; replica 1 has 0.5, later replicas 0
  bool in_place = false;
  bool training = true;
  std::uint32_t seed = 7;

  std::uint32_t step() const { return 5; }

  /// Returns a BiasActivationDropout or ActivationBackward without its tensors.
  template <class HiddenOp>
  HiddenOp op() const {
    HiddenOp op;
    op.replicas = replicas;
    op.batch = batch;
    op.width = width;
    op.leading = leading;
    op.layer = 2;
    op.activation = activation;
    op.type = type;
    return op;
  }

  /// Returns one record per replica. The dropout seeds of all replicas but the first need more than 32 bits.
  std::vector<ReplicaState> states() const {
    std::vector<ReplicaState> states(replicas);
    for (int r = 0; r < replicas; ++r) {
      states[r].order_seed = 1;  // not used by these operations
      states[r].dropout_seed = seed + r * 0x1'0000'0001ull;
      states[r].dropout_rate = r == 0 ? rate : r == 1 ? 0.5f : 0.0f;
    }
    return states;
  }

  std::string name() const {
    return text(to_string(activation), "_", type_name(type), "_R", replicas, "_B", batch, "_O", width, "of",
                leading, "_drop", static_cast<int>(rate * 100), (in_place ? "_in_place" : ""),
                (training ? "" : "_evaluation"), "_seed", seed);
  }
};

/// Returns the cases. If `forward` is set, two of them belong to an evaluation, which has no backward pass.
inline std::vector<HiddenLayerCase> hidden_layer_cases(bool forward) {
  using enum Activation;
  using enum DType;
  std::vector<HiddenLayerCase> cases = {
      {2, 31, 33, 40, kRelu, kF32, 0.2f, true},
      {3, 5, 1, 8, kSigmoid, kF32, 0.2f, true},
      {2, 33, 31, 32, kTanh, kF32, 0.5f},
      {1, 32, 32, 32, kRelu, kBf16, 0.2f, true},
      {2, 7, 33, 48, kSigmoid, kBf16, 0.3f, true},
      {1, 80, 16, 16, kTanh, kBf16, 0.2f, true},
      {1, 1, 80, 80, kRelu, kF32, 0.0f},
      {1, 33, 7, 7, kSigmoid, kF32, 0.2f},
      {1, 9, 5, 5, kRelu, kBf16, 0.9f},
      {2, 17, 64, 64, kTanh, kF32, 0.0f, true},
      {1, 256, 8, 8, kRelu, kF32, 0.2f, true},
      {1, 3, 256, 256, kSigmoid, kF32, 0.2f, true},
  };
  if (forward) {
    cases[9].training = false;
    cases[6].training = false;
  }
  const std::vector<HiddenLayerCase> larger = {
      {1, 256, 256, 256, kRelu, kF32, 0.2f, true}, {3, 256, 128, 128, kSigmoid, kBf16, 0.2f, true},
      {2, 80, 100, 104, kTanh, kF32, 0.2f, true},  {1, 256, 1, 8, kTanh, kBf16, 0.2f, true},
      {1, 1, 1, 1, kSigmoid, kF32, 0.2f},          {3, 31, 31, 32, kRelu, kBf16, 0.2f, true},
      {1, 1000, 10, 16, kRelu, kF32, 0.25f, true},
  };
  cases.insert(cases.end(), larger.begin(), larger.end());
  return cases;
}

/// Returns cases for the different paths of the kernels. A row of `width` columns consists of whole packs of
/// 16 bytes, ends within a pack, or is not divided into packs. A thread loads its rows
/// (activation_backward.cu) in one group or in several, and the last group may be incomplete. Every
/// activation occurs in both types, with packs and without.
inline std::vector<HiddenLayerCase> hidden_layer_widths() {
  using enum Activation;
  std::vector<HiddenLayerCase> cases;
  for (const int width : {4, 8, 12, 20, 100, 300, 6}) {
    const auto activation = static_cast<Activation>(cases.size() / 2 % 3);
    const int batch = width < 100 ? 130 + width : 3;
    for (const DType type : {DType::kF32, DType::kBf16}) {
      cases.push_back({1, batch, width, round_up(width, 8), activation, type, 0.25f, width % 8 == 4});
    }
  }
  for (const Activation activation : kActivations) {
    for (const DType type : {DType::kF32, DType::kBf16}) {
      cases.push_back({2, 37, 12, 16, activation, type, 0.25f, type == DType::kBf16});
      cases.push_back({1, 33, 7, 8, activation, type, 0.5f, type == DType::kF32});
    }
  }
  cases.push_back({1, 67, 12, 16, kSigmoid, DType::kBf16, 0.5f});
  cases.push_back({1, 161, 12, 16, kRelu, DType::kBf16, 0.5f, true});
  return cases;
}

}  // namespace gpu_sweep::test
