// Compares the fused kernels with sequences of cuDNN calls, on a card. This is an oracle that shares no code
// with this project. Dropout is off, because cuDNN draws other masks.
#include <cmath>
#include <functional>
#include <optional>

#include "apps/kernel_bench/cudnn_ops.h"
#include "tests/kernels/activation/hidden_layer_case.h"
#include "tests/kernels/loss/output_layer_case.h"

namespace gpu_sweep::test {
namespace {

using cuda::check_cuda;

/// The device memory of one call. The host writes and reads a copy of it.
class Group {
 public:
  /// Adds values [replicas, n]. The values of each replica start at a multiple of 256 bytes.
  template <class T>
  Tensor place(const std::vector<T>& values, int replicas) {
    const std::size_t bytes = values.size() / replicas * sizeof(T);
    const Tensor tensor{Space::kGroup, bytes_.size(), (bytes + 255) / 256 * 256};
    bytes_.resize(tensor.offset + tensor.replica_stride * replicas);
    for (int r = 0; r < replicas; ++r) {
      std::memcpy(bytes_.data() + tensor.offset + tensor.replica_stride * r,
                  values.data() + values.size() / replicas * r, bytes);
    }
    return tensor;
  }
  Tensor place(const std::vector<double>& values, int replicas) {
    return place(std::vector<float>(values.begin(), values.end()), replicas);
  }
  Tensor floats(std::size_t each, int replicas) {
    return place(std::vector<float>(each * replicas), replicas);
  }

  /// Adds records without gaps between them.
  template <class T>
  Tensor records(const std::vector<T>& values) {
    Tensor tensor = place(values, 1);
    tensor.replica_stride = sizeof(T);
    return tensor;
  }

  template <class T>
  T at(const Tensor& tensor, int replica, std::size_t index) const {
    T value;
    std::memcpy(&value, bytes_.data() + tensor.offset + tensor.replica_stride * replica + index * sizeof(T),
                sizeof(T));
    return value;
  }

  /// Returns a copy of the memory after `work` has been done on it.
  Group after(const std::function<void(const Memory&, cudaStream_t)>& work) const {
    void* device = nullptr;
    check_cuda(cudaMalloc(&device, bytes_.size()), "cudaMalloc");
    const std::unique_ptr<void, cuda::Destroy<cudaFree>> owner(device);
    cudaStream_t stream = nullptr;
    check_cuda(cudaStreamCreateWithFlags(&stream, cudaStreamNonBlocking), "cudaStreamCreate");
    const std::unique_ptr<CUstream_st, cuda::Destroy<cudaStreamDestroy>> stream_owner(stream);
    // The copies use the kernels' stream. cudaMemcpy may return before the last bytes have arrived, and other
    // streams would not wait for it.
    check_cuda(cudaMemcpyAsync(device, bytes_.data(), bytes_.size(), cudaMemcpyHostToDevice, stream),
               "cudaMemcpyAsync");
    work({nullptr, static_cast<std::byte*>(device)}, stream);
    Group result = *this;
    check_cuda(cudaMemcpyAsync(result.bytes_.data(), device, bytes_.size(), cudaMemcpyDeviceToHost, stream),
               "cudaMemcpyAsync");
    check_cuda(cudaStreamSynchronize(stream), "cudaStreamSynchronize");
    return result;
  }

 private:
  std::vector<std::byte> bytes_;
};

/// Compares two fp32 results of the same formula. They may sum `terms` numbers of size `scale` in different
/// orders.
void expect_alike(float ours, float cudnn, double scale = 1, int terms = 1) {
  EXPECT_NEAR(ours, cudnn, 1e-5 * scale * std::sqrt(terms)) << "cuDNN's is the second";
}

void skip(const char* why) { GTEST_SKIP() << why; }

template <class Record>
Group ours(const Group& group, const Record& op) {
  return group.after([&](const Memory& memory, cudaStream_t stream) {
    cuda::Queue queue{stream};
    cuda::execute(op, memory, queue);
  });
}

/// Returns the memory after cuDNN has executed `op`. `more` are functions that return, for the memory, the
/// additional arguments of CudnnOps::execute. If cuDNN does not offer one of the calls, skips the test and
/// returns nothing; the caller must then return.
template <class Record, class... More>
std::optional<Group> cudnns(const Group& group, const Record& op, const More&... more) {
  try {
    return group.after([&](const Memory& memory, cudaStream_t stream) {
      cuda::CudnnOps(stream, 0).execute(op, memory, more(memory)...);
    });
  } catch (const cuda::NotOffered& why) {
    skip(why.what());
    return std::nullopt;
  }
}

std::vector<HiddenLayerCase> fp32_without_dropout(std::vector<HiddenLayerCase> cases) {
  std::erase_if(cases, [](const HiddenLayerCase& c) { return c.type != DType::kF32; });
  for (HiddenLayerCase& c : cases) c.rate = 0;
  return cases;
}

using CudnnHiddenLayer = KernelTest<HiddenLayerCase>;

TEST_P(CudnnHiddenLayer, GivesTheSameActivations) {
  const HiddenLayerCase& c = GetParam();
  const std::size_t rows = static_cast<std::size_t>(c.replicas) * c.batch;
  Group group;
  auto op = c.op<BiasActivationDropout>();
  op.training = false;
  op.z = group.place(padded(random_reals(c.seed, rows * c.width, c.type), c.width, c.leading, 0), c.replicas);
  op.bias = group.place(random_reals(c.seed + 1, static_cast<std::size_t>(c.replicas) * c.width, c.type),
                        c.replicas);
  op.a = c.in_place ? op.z : group.floats(static_cast<std::size_t>(c.batch) * c.leading, c.replicas);
  const Group found = ours(group, op);
  const std::optional<Group> expected = cudnns(group, op);
  if (!expected) return;
  for (int r = 0; r < c.replicas; ++r) {
    for (int b = 0; b < c.batch; ++b) {
      for (int o = 0; o < c.width && !HasFailure(); ++o) {
        const std::size_t i = static_cast<std::size_t>(b) * c.leading + o;
        SCOPED_TRACE(testing::Message() << "replica " << r << " row " << b << " column " << o);
        expect_alike(found.at<float>(op.a, r, i), expected->at<float>(op.a, r, i), 4);
      }
    }
  }
}

TEST_P(CudnnHiddenLayer, GivesTheSameGradients) {
  const HiddenLayerCase& c = GetParam();
  const std::size_t rows = static_cast<std::size_t>(c.replicas) * c.batch;
  auto a = random_reals(c.seed, rows * c.width, c.type);
  for (double& value : a) value = c.activation == Activation::kTanh ? value / 4 : std::fabs(value) / 4;
  Group group;
  auto op = c.op<ActivationBackward>();
  op.a = group.place(padded(a, c.width, c.leading, 0), c.replicas);
  op.da = group.place(padded(random_reals(c.seed + 1, rows * c.width, c.type), c.width, c.leading, 0),
                      c.replicas);
  op.dz = c.in_place ? op.da : group.floats(static_cast<std::size_t>(c.batch) * c.leading, c.replicas);
  op.bias_gradient = group.floats(c.leading, c.replicas);
  op.replica_state = group.records(std::vector<ReplicaState>(c.replicas));
  op.state = group.records(std::vector<StepState>(1));
  const Group found = ours(group, op);
  const std::optional<Group> expected = cudnns(group, op);
  if (!expected) return;
  for (int r = 0; r < c.replicas; ++r) {
    for (int o = 0; o < c.width && !HasFailure(); ++o) {
      SCOPED_TRACE(testing::Message() << "replica " << r << " column " << o);
      for (int b = 0; b < c.batch; ++b) {
        const std::size_t i = static_cast<std::size_t>(b) * c.leading + o;
        expect_alike(found.at<float>(op.dz, r, i), expected->at<float>(op.dz, r, i), 4);
      }
      expect_alike(found.at<float>(op.bias_gradient, r, o), expected->at<float>(op.bias_gradient, r, o), 4,
                   c.batch);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Shapes, CudnnHiddenLayer,
                         testing::ValuesIn(fp32_without_dropout(hidden_layer_cases(false))),
                         case_name<HiddenLayerCase>);

std::vector<OutputLayerCase> fp32(std::vector<OutputLayerCase> cases) {
  std::erase_if(cases, [](const OutputLayerCase& c) { return c.type != DType::kF32; });
  return cases;
}

using CudnnOutputLayer = KernelTest<OutputLayerCase>;

TEST_P(CudnnOutputLayer, GivesTheSameLossAndGradients) {
  const OutputLayerCase& c = GetParam();
  const auto matrix = static_cast<std::size_t>(c.batch) * c.leading;
  const auto labels = c.labels(c.replicas);
  std::vector<float> target(matrix * c.replicas);
  for (std::size_t row = 0; row < labels.size(); ++row) {
    const bool is_valid = static_cast<int>(row % c.batch) < c.valid();
    if (is_valid) target[row * c.leading + labels[row]] = -1.0f / static_cast<float>(c.valid());
  }
  Group group;
  auto op = c.op<SoftmaxCrossEntropy>();
  op.logits = group.place(padded(c.logits(), c.classes, c.leading, 0), c.replicas);
  op.bias = group.place(padded(c.bias(), c.classes, c.leading, 0), c.replicas);
  op.labels = group.place(labels, c.replicas);
  op.state = group.records(std::vector<StepState>{{1, 1, static_cast<std::uint32_t>(c.cursor), 0}});
  op.dlogits = group.floats(matrix, c.replicas);
  op.bias_gradient = group.floats(c.leading, c.replicas);
  op.metrics = group.records(std::vector<Metrics>(c.replicas));
  const Tensor targets = group.place(target, c.replicas), log_softmax = group.floats(matrix, c.replicas);

  const Group found = ours(group, op);
  const auto at = [](const Tensor& tensor) {
    return [tensor](const Memory& memory) { return reinterpret_cast<float*>(memory.group + tensor.offset); };
  };
  const std::optional<Group> expected = cudnns(group, op, at(targets), at(log_softmax));
  if (!expected) return;
  for (int r = 0; r < c.replicas && !HasFailure(); ++r) {
    SCOPED_TRACE(testing::Message() << "replica " << r);
    double loss = 0;
    for (int b = 0; b < c.batch; ++b) {
      const std::size_t row = static_cast<std::size_t>(b) * c.leading;
      const std::uint8_t label = labels[static_cast<std::size_t>(r) * c.batch + b];
      if (b < c.valid()) loss -= expected->at<float>(log_softmax, r, row + label);
      for (int k = 0; k < c.classes; ++k) {
        expect_alike(found.at<float>(op.dlogits, r, row + k), expected->at<float>(op.dlogits, r, row + k));
      }
    }
    EXPECT_NEAR(found.at<Metrics>(op.metrics, r, 0).loss_sum, loss, 1e-5 * (c.batch + loss));
    for (int k = 0; k < c.classes; ++k) {
      expect_alike(found.at<float>(op.bias_gradient, r, k), expected->at<float>(op.bias_gradient, r, k));
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Shapes, CudnnOutputLayer, testing::ValuesIn(fp32(output_layer_cases())),
                         case_name<OutputLayerCase>);

}  // namespace
}  // namespace gpu_sweep::test
