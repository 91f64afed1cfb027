#include "apps/kernel_bench/cudnn_ops.h"

#include <stdexcept>
#include <string>

#include "kernels/common/tensor_access.h"

namespace gpu_sweep::cuda {
namespace {

constexpr float kOne = 1, kZero = 0;

void check(cudnnStatus_t status, const char* call) {
  if (status == CUDNN_STATUS_SUCCESS) return;
  const std::string said = std::string(call) + ": " + cudnnGetErrorString(status);
  if (CUDNN_STATUS_CATEGORY(status) == CUDNN_STATUS_NOT_SUPPORTED) throw NotOffered(said);
  throw std::runtime_error(said);
}

void require_fp32(DType type) {
  if (type != DType::kF32) throw std::invalid_argument("compositions of cuDNN calls are fp32 only");
}

cudnnActivationMode_t mode_of(Activation activation) {
  switch (activation) {
    case Activation::kRelu:
      return CUDNN_ACTIVATION_RELU;
    case Activation::kSigmoid:
      return CUDNN_ACTIVATION_SIGMOID;
    case Activation::kTanh:
      return CUDNN_ACTIVATION_TANH;
    default:
      throw NotOffered(std::string("cuDNN has no ") + to_string(activation));
  }
}

}  // namespace

void* CudnnOps::Scratch::at_least(std::size_t wanted) {
  if (wanted > bytes) {
    memory.reset();
    void* pointer = nullptr;
    check_cuda(cudaMalloc(&pointer, wanted), "scratch of cuDNN");
    memory.reset(pointer);
    bytes = wanted;
  }
  return memory.get();
}

CudnnOps::CudnnOps(cudaStream_t stream, float dropout_rate) {
  cudnnHandle_t handle = nullptr;
  check(cudnnCreate(&handle), "cudnnCreate");
  handle_.reset(handle);
  check(cudnnSetStream(handle, stream), "cudnnSetStream");

  cudnnActivationDescriptor_t activation = nullptr;
  check(cudnnCreateActivationDescriptor(&activation), "cudnnCreateActivationDescriptor");
  activation_.reset(activation);

  cudnnReduceTensorDescriptor_t reduction = nullptr;
  check(cudnnCreateReduceTensorDescriptor(&reduction), "cudnnCreateReduceTensorDescriptor");
  reduction_.reset(reduction);
  check(cudnnSetReduceTensorDescriptor(reduction, CUDNN_REDUCE_TENSOR_ADD, CUDNN_DATA_FLOAT,
                                       CUDNN_PROPAGATE_NAN, CUDNN_REDUCE_TENSOR_NO_INDICES,
                                       CUDNN_32BIT_INDICES),
        "cudnnSetReduceTensorDescriptor");

  if (dropout_rate == 0) return;
  cudnnDropoutDescriptor_t dropout = nullptr;
  check(cudnnCreateDropoutDescriptor(&dropout), "cudnnCreateDropoutDescriptor");
  dropout_.reset(dropout);
  std::size_t bytes = 0;
  check(cudnnDropoutGetStatesSize(handle, &bytes), "cudnnDropoutGetStatesSize");
  check(cudnnSetDropoutDescriptor(dropout, handle, dropout_rate, dropout_states_.at_least(bytes), bytes, 1),
        "cudnnSetDropoutDescriptor");
}

/// Describes a tensor with N = replicas, H = rows, W = 1 and C = width, in the order channels last, so that a
/// bias is a vector over C. For a single replica, the stride between replicas is computed, because the tensor
/// does not have one.
CudnnOps::TensorShape CudnnOps::shape(const Tensor& tensor, int replicas, int rows, int width, int leading) {
  cudnnTensorDescriptor_t descriptor = nullptr;
  check(cudnnCreateTensorDescriptor(&descriptor), "cudnnCreateTensorDescriptor");
  TensorShape shape(descriptor);
  const int apart = replicas == 1 ? rows * leading : static_cast<int>(tensor.replica_stride / sizeof(float));
  check(cudnnSetTensor4dDescriptorEx(descriptor, CUDNN_DATA_FLOAT, replicas, width, rows, 1, apart, 1,
                                     leading, leading),
        "cudnnSetTensor4dDescriptorEx");
  return shape;
}

void CudnnOps::add_bias(const TensorShape& bias_shape, const float* bias, const TensorShape& z_shape,
                        float* z) {
  check(cudnnAddTensor(handle_.get(), &kOne, bias_shape.get(), bias, &kOne, z_shape.get(), z),
        "cudnnAddTensor");
}

void CudnnOps::sum_rows(const TensorShape& shape, const float* rows, const TensorShape& sum_shape,
                        float* sum) {
  std::size_t bytes = 0;
  check(cudnnGetReductionWorkspaceSize(handle_.get(), reduction_.get(), shape.get(), sum_shape.get(), &bytes),
        "cudnnGetReductionWorkspaceSize");
  check(cudnnReduceTensor(handle_.get(), reduction_.get(), nullptr, 0, workspace_.at_least(bytes), bytes,
                          &kOne, shape.get(), rows, &kZero, sum_shape.get(), sum),
        "cudnnReduceTensor");
}

void CudnnOps::set_activation(Activation activation) {
  check(cudnnSetActivationDescriptor(activation_.get(), mode_of(activation), CUDNN_PROPAGATE_NAN, 0.0),
        "cudnnSetActivationDescriptor");
}

void CudnnOps::execute(const BiasActivationDropout& op, const Memory& memory) {
  require_fp32(op.type);
  const TensorShape z_shape = shape(op.z, op.replicas, op.batch, op.width, op.leading);
  const TensorShape a_shape = shape(op.a, op.replicas, op.batch, op.width, op.leading);
  const TensorShape bias_shape = shape(op.bias, op.replicas, 1, op.width, op.width);
  float* z = write<float>(memory, op.z, 0);
  float* a = write<float>(memory, op.a, 0);
  add_bias(bias_shape, read<float>(memory, op.bias, 0), z_shape, z);
  set_activation(op.activation);
  check(cudnnActivationForward(handle_.get(), activation_.get(), &kOne, z_shape.get(), z, &kZero,
                               a_shape.get(), a),
        "cudnnActivationForward");
  if (!dropout_ || !op.training) return;
  std::size_t mask_bytes = 0, bytes = 0;
  check(cudnnDropoutGetReserveSpaceSize(a_shape.get(), &mask_bytes), "cudnnDropoutGetReserveSpaceSize");
  check(cudnnGetTensorSizeInBytes(a_shape.get(), &bytes), "cudnnGetTensorSizeInBytes");
  check(cudnnDropoutForward(handle_.get(), dropout_.get(), a_shape.get(), a, a_shape.get(),
                            dropped_.at_least(bytes), mask_.at_least(mask_bytes), mask_bytes),
        "cudnnDropoutForward");
}

void CudnnOps::execute(const ActivationBackward& op, const Memory& memory) {
  require_fp32(op.type);
  const TensorShape a_shape = shape(op.a, op.replicas, op.batch, op.width, op.leading);
  const TensorShape da_shape = shape(op.da, op.replicas, op.batch, op.width, op.leading);
  const TensorShape dz_shape = shape(op.dz, op.replicas, op.batch, op.width, op.leading);
  const TensorShape sum_shape = shape(op.bias_gradient, op.replicas, 1, op.width, op.width);
  const float* a = read<float>(memory, op.a, 0);
  const float* da = read<float>(memory, op.da, 0);
  float* dz = write<float>(memory, op.dz, 0);
  if (dropout_) {
    if (mask_.bytes == 0) throw std::logic_error("dropout backward before its forward pass");
    std::size_t bytes = 0;
    check(cudnnGetTensorSizeInBytes(da_shape.get(), &bytes), "cudnnGetTensorSizeInBytes");
    float* undropped = static_cast<float*>(dropped_.at_least(bytes));
    check(cudnnDropoutBackward(handle_.get(), dropout_.get(), da_shape.get(), da, da_shape.get(), undropped,
                               mask_.memory.get(), mask_.bytes),
          "cudnnDropoutBackward");
    da = undropped;
  }
  // The input of the activation is not kept, because for relu, sigmoid and tanh the output suffices.
  set_activation(op.activation);
  check(cudnnActivationBackward(handle_.get(), activation_.get(), &kOne, a_shape.get(), a, da_shape.get(), da,
                                a_shape.get(), a, &kZero, dz_shape.get(), dz),
        "cudnnActivationBackward");
  sum_rows(dz_shape, dz, sum_shape, write<float>(memory, op.bias_gradient, 0));
}

void CudnnOps::execute(const SoftmaxCrossEntropy& op, const Memory& memory, const float* target,
                       float* log_softmax) {
  require_fp32(op.type);
  const TensorShape logits_shape = shape(op.logits, op.replicas, op.batch, op.classes, op.leading);
  const TensorShape dlogits_shape = shape(op.dlogits, op.replicas, op.batch, op.classes, op.leading);
  const TensorShape bias_shape = shape(op.bias, op.replicas, 1, op.classes, op.leading);
  const TensorShape sum_shape = shape(op.bias_gradient, op.replicas, 1, op.classes, op.leading);
  float* logits = write<float>(memory, op.logits, 0);
  float* dlogits = write<float>(memory, op.dlogits, 0);
  add_bias(bias_shape, read<float>(memory, op.bias, 0), logits_shape, logits);
  check(cudnnSoftmaxForward(handle_.get(), CUDNN_SOFTMAX_LOG, CUDNN_SOFTMAX_MODE_CHANNEL, &kOne,
                            logits_shape.get(), logits, &kZero, logits_shape.get(), log_softmax),
        "cudnnSoftmaxForward");
  check(cudnnSoftmaxBackward(handle_.get(), CUDNN_SOFTMAX_LOG, CUDNN_SOFTMAX_MODE_CHANNEL, &kOne,
                             logits_shape.get(), log_softmax, logits_shape.get(), target, &kZero,
                             dlogits_shape.get(), dlogits),
        "cudnnSoftmaxBackward");
  sum_rows(dlogits_shape, dlogits, sum_shape, write<float>(memory, op.bias_gradient, 0));
}

}  // namespace gpu_sweep::cuda
