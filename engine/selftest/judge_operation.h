// The class that judges each kind of operation against double precision. Private to judge.h. Its members are
// defined in judge.cpp and, grouped by families of operations, in judge_*.cpp.
#pragma once

#include <algorithm>
#include <cstring>
#include <string>
#include <vector>

#include "engine/selftest/judge.h"
#include "kernels/common/bf16.h"
#include "kernels/common/step_state.h"
#include "kernels/common/tensor_access.h"
#include "reference/bounded.h"
#include "reference/softmax.h"

namespace gpu_sweep {

class Judge {
 public:
  explicit Judge(const Deed& deed)
      : deed_(deed),
        before_{deed.dataset.data(), const_cast<std::byte*>(deed.before.data())},
        after_{deed.dataset.data(), const_cast<std::byte*>(deed.after.data())} {}

  void operator()(const BeginPass& op);
  void operator()(const Shuffle& op);
  void operator()(const Advance& op);
  void operator()(const GatherBatch& op);
  void operator()(const Gemm& op);
  void operator()(const BiasActivationDropout& op);
  void operator()(const ActivationBackward& op);
  void operator()(const SoftmaxCrossEntropy& op);
  void operator()(const EvaluateLogits& op);
  void operator()(const GradientNorm& op);
  void operator()(const Update& op);
  void operator()(const WeightPenalty& op);

  /// Complains if a byte has changed that `op` must not write.
  void untouched(const Op& op);

  const Verdict& verdict() const { return verdict_; }

 private:
  using Bounded = reference::Bounded;

  /// The dropout mask of one layer of one replica in this step.
  struct Mask {
    double rate = 0;
    std::uint64_t seed = 0;
    int layer = 0;
    std::uint32_t step = 0;

    bool keeps(int element) const;
  };
  Mask mask_of(const Tensor& replicas, const Tensor& state, int layer, int r) const;

  /// The sums that some rows of a batch add to a replica's metrics.
  struct Sums {
    Bounded loss;
    Bounded weighted_loss;  ///< 0 unless the loss is weighted
    std::uint64_t correct = 0;
    std::uint64_t rows = 0;
  };
  template <class OutputLayer>
  reference::SoftmaxOracle add_row(const OutputLayer& op, int r, int b, int label, int valid,
                                   Sums& sums) const;
  void metrics(const Tensor& tensor, int r, const Sums& sums);

  static std::size_t index(int row, int leading, int column) {
    return static_cast<std::size_t>(row) * static_cast<std::size_t>(leading) +
           static_cast<std::size_t>(column);
  }

  static int valid_rows_of(const StepState& state, int batch, int rows) {
    return std::min(batch, rows - static_cast<int>(state.cursor));
  }

  static double element(const Memory& memory, const Tensor& tensor, DType type, int r, std::size_t i) {
    return type == DType::kBf16 ? to_float(read<Bf16>(memory, tensor, r)[i])
                                : read<float>(memory, tensor, r)[i];
  }

  static std::vector<double> elements(const Memory& memory, const Tensor& tensor, DType type, int r,
                                      int count) {
    std::vector<double> values;
    values.reserve(static_cast<std::size_t>(count));
    for (int i = 0; i < count; ++i)
      values.push_back(element(memory, tensor, type, r, static_cast<std::size_t>(i)));
    return values;
  }

  /// Returns element i of an f32 tensor of replica r before the operation.
  double value(const Tensor& tensor, int r, std::size_t i) const {
    return read<float>(before_, tensor, r)[i];
  }

  /// Returns element i of a tensor of type T of replica r after the operation.
  template <class T>
  T at(const Tensor& tensor, int r, std::size_t i) const {
    return read<T>(after_, tensor, r)[i];
  }

  StepState step_state(const Tensor& tensor) const { return *read<StepState>(before_, tensor, 0); }
  ReplicaState replica_state(const Tensor& tensor, int r) const {
    return *read<ReplicaState>(before_, tensor, r);
  }

  // Compare an actual value with the expected one. `real` allows for the rounding of `type`, and accepts -0
  // in place of 0.
  void real(const char* what, const Tensor& tensor, DType type, int r, std::size_t i, const Bounded& oracle);
  void pad(const char* what, const Tensor& tensor, DType type, int r, std::size_t i);  ///< must be +0
  void within(const char* what, double actual, const Bounded& oracle);
  /// Requires equal values. Distinguishes -0 from +0, because padding must be +0.
  void exact(const char* what, double actual, double expected);

  template <class T>
  void same(const char* what, T actual, T expected) {
    if (actual == expected) return;
    complain(std::string(what) + " is " + std::to_string(actual) + ", expected " + std::to_string(expected));
  }

  template <class Record>
  void same(const char* what, const Tensor& tensor, int r, const Record& expected) {
    if (std::memcmp(read<Record>(after_, tensor, r), &expected, sizeof(Record)) == 0) return;
    complain(std::string(what) + " of replica " + std::to_string(r) + " is wrong");
  }

  void complain(const std::string& text);

  const Deed& deed_;
  const Memory before_;
  const Memory after_;
  Verdict verdict_;
};

}  // namespace gpu_sweep
