// The element-wise work of a dense layer, composed as a user of cuDNN would compose it: with one library call
// per pass. kernel_bench compares the fused kernels with it. The kernel tests use it as an oracle, because it
// shares no code with the kernels.
#pragma once

#include <cudnn.h>

#include <cstddef>
#include <memory>
#include <stdexcept>
#include <string>

#include "kernels/activation/activation_backward.h"
#include "kernels/activation/bias_activation_dropout.h"
#include "kernels/common/cuda_host.h"
#include "kernels/loss/softmax_cross_entropy.h"

namespace gpu_sweep::cuda {

/// A deleter with which unique_ptr owns the handle of a C library.
template <auto kDestroy>
struct Destroy {
  template <class T>
  void operator()(T* handle) const {
    kDestroy(handle);
  }
};

/// Thrown if cuDNN does not implement a call for these shapes and strides, although the operands are valid.
class NotOffered : public std::runtime_error {
 public:
  explicit NotOffered(const std::string& said)
      : std::runtime_error("NOT TESTED: cuDNN does not offer " + said) {}
};

/// Executes operations in fp32. Throws std::invalid_argument for other types, NotOffered if cuDNN does not
/// support a call, and std::runtime_error if cuDNN refuses a call for another reason. Columns beyond the
/// width are not touched.
class CudnnOps {
 public:
  /// Queues its work on `stream`, on the current device. If `dropout_rate` is 0, nothing is dropped and no
  /// dropout call is made; otherwise cuDNN draws its own mask, which differs from the project's.
  CudnnOps(cudaStream_t stream, float dropout_rate);

  /// Computes a = dropout(activation(z + bias)). `z` becomes z + bias.
  void execute(const BiasActivationDropout& op, const Memory& memory);

  /// Computes dz and the bias gradient, with the mask of the preceding forward `execute`.
  void execute(const ActivationBackward& op, const Memory& memory);

  /// Computes dlogits and the bias gradient, but no metrics. `logits` becomes logits + bias, and
  /// `log_softmax` is written. `target` encodes the labels: it is -1 / valid at the label of each of the
  /// first `valid` rows (softmax_cross_entropy.h), and 0 elsewhere. `target` and `log_softmax` are [replicas,
  /// batch, leading] f32, with the strides of the logits.
  void execute(const SoftmaxCrossEntropy& op, const Memory& memory, const float* target, float* log_softmax);

 private:
  using TensorShape = std::unique_ptr<cudnnTensorStruct, Destroy<cudnnDestroyTensorDescriptor>>;
  using DeviceBytes = std::unique_ptr<void, Destroy<cudaFree>>;
  struct Scratch {
    DeviceBytes memory;
    std::size_t bytes = 0;
    void* at_least(std::size_t wanted);
  };

  static TensorShape shape(const Tensor& tensor, int replicas, int rows, int width, int leading);
  void add_bias(const TensorShape& bias_shape, const float* bias, const TensorShape& z_shape, float* z);
  void sum_rows(const TensorShape& shape, const float* rows, const TensorShape& sum_shape, float* sum);
  void set_activation(Activation activation);

  std::unique_ptr<cudnnContext, Destroy<cudnnDestroy>> handle_;
  std::unique_ptr<cudnnActivationStruct, Destroy<cudnnDestroyActivationDescriptor>> activation_;
  std::unique_ptr<cudnnReduceTensorStruct, Destroy<cudnnDestroyReduceTensorDescriptor>> reduction_;
  std::unique_ptr<cudnnDropoutStruct, Destroy<cudnnDestroyDropoutDescriptor>> dropout_;  // null at rate 0
  Scratch dropout_states_, mask_, dropped_, workspace_;
};

}  // namespace gpu_sweep::cuda
