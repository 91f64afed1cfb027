#include "apps/kernel_bench/product_algorithms.h"

#include <bit>
#include <cstdint>
#include <cstring>
#include <random>
#include <stdexcept>

namespace gpu_sweep::cuda {
namespace {

constexpr int kMostAlgorithms = 32;
constexpr int kRepeats = 20;
constexpr std::size_t kWorkspace = std::size_t{32} << 20;  // as NVIDIA recommends for its latest cards

void check(cublasStatus_t status, const char* call) {
  if (status == CUBLAS_STATUS_SUCCESS) return;
  throw std::runtime_error(std::string(call) + ": " + cublasLtGetStatusName(status));
}

template <auto kDestroy>
struct Destroy {
  template <class T>
  void operator()(T* handle) const {
    kDestroy(handle);
  }
};

using Stream = std::unique_ptr<CUstream_st, Destroy<cudaStreamDestroy>>;
using Event = std::unique_ptr<CUevent_st, Destroy<cudaEventDestroy>>;
using DeviceMemory = std::unique_ptr<void, Destroy<cudaFree>>;
using Handle = std::unique_ptr<cublasLtContext, Destroy<cublasLtDestroy>>;
using Layout = std::unique_ptr<cublasLtMatrixLayoutOpaque_t, Destroy<cublasLtMatrixLayoutDestroy>>;
using Description = std::unique_ptr<cublasLtMatmulDescOpaque_t, Destroy<cublasLtMatmulDescDestroy>>;
using Preference =
    std::unique_ptr<cublasLtMatmulPreferenceOpaque_t, Destroy<cublasLtMatmulPreferenceDestroy>>;

Event make_event() {
  cudaEvent_t event = nullptr;
  check_cuda(cudaEventCreateWithFlags(&event, cudaEventDefault), "an event");
  return Event(event);
}

/// Returns `count` values in [-1, 1). For bf16, only their upper halves are kept.
DeviceMemory random_values(std::size_t count, bool bf16) {
  std::mt19937 random(1);
  std::uniform_real_distribution<float> uniform(-1, 1);
  std::vector<float> some(1 << 16);
  for (float& value : some) value = uniform(random);
  const std::size_t size = bf16 ? 2 : 4;
  std::vector<std::byte> bytes(count * size);
  for (std::size_t i = 0; i < count; ++i) {
    const auto bits = std::bit_cast<std::uint32_t>(some[i % some.size()]);
    const auto upper = static_cast<std::uint16_t>(bits >> 16);
    std::memcpy(&bytes[i * size], bf16 ? static_cast<const void*>(&upper) : &bits, size);
  }
  void* memory = nullptr;
  check_cuda(cudaMalloc(&memory, bytes.size()), "an operand");
  DeviceMemory owner(memory);
  check_cuda(cudaMemcpy(memory, bytes.data(), bytes.size(), cudaMemcpyHostToDevice), "filling an operand");
  check_cuda(cudaDeviceSynchronize(), "filling an operand");
  return owner;
}

Layout make_layout(const ProbedProduct& product, int rows, int columns) {
  cublasLtMatrixLayout_t made = nullptr;
  check(
      cublasLtMatrixLayoutCreate(&made, product.bf16 ? CUDA_R_16BF : CUDA_R_32F,
                                 static_cast<std::uint64_t>(rows), static_cast<std::uint64_t>(columns), rows),
      "cublasLtMatrixLayoutCreate");
  Layout layout(made);
  const std::int32_t replicas = product.replicas;
  const std::int64_t apart = std::int64_t{rows} * columns;
  check(
      cublasLtMatrixLayoutSetAttribute(made, CUBLASLT_MATRIX_LAYOUT_BATCH_COUNT, &replicas, sizeof replicas),
      "the number of replicas");
  check(cublasLtMatrixLayoutSetAttribute(made, CUBLASLT_MATRIX_LAYOUT_STRIDED_BATCH_OFFSET, &apart,
                                         sizeof apart),
        "the distance of replicas");
  return layout;
}

Description describe(const ProbedProduct& product, const void* bias) {
  cublasLtMatmulDesc_t made = nullptr;
  check(cublasLtMatmulDescCreate(&made, product.bf16 ? CUBLAS_COMPUTE_32F : CUBLAS_COMPUTE_32F_FAST_TF32,
                                 CUDA_R_32F),
        "cublasLtMatmulDescCreate");
  Description description(made);
  const auto set = [made](cublasLtMatmulDescAttributes_t attribute, const auto& value) {
    check(cublasLtMatmulDescSetAttribute(made, attribute, &value, sizeof value), "an attribute of a product");
  };
  if (product.transpose_b) set(CUBLASLT_MATMUL_DESC_TRANSB, CUBLAS_OP_T);
  if (product.relu_bias) {
    set(CUBLASLT_MATMUL_DESC_EPILOGUE, CUBLASLT_EPILOGUE_RELU_BIAS);
    set(CUBLASLT_MATMUL_DESC_BIAS_POINTER, bias);
    set(CUBLASLT_MATMUL_DESC_BIAS_BATCH_STRIDE, std::int64_t{product.m});
  }
  return description;
}

int config(const cublasLtMatmulAlgo_t& algorithm, cublasLtMatmulAlgoConfigAttributes_t attribute) {
  std::int32_t value = -1;
  cublasLtMatmulAlgoConfigGetAttribute(&algorithm, attribute, &value, sizeof value, nullptr);
  return value;
}

}  // namespace

std::vector<TimedAlgorithm> time_algorithms(const ProbedProduct& product) {
  const auto elements = [&](int rows, int columns) {
    return static_cast<std::size_t>(product.replicas) * static_cast<std::size_t>(rows) *
           static_cast<std::size_t>(columns);
  };
  cublasLtHandle_t made_handle = nullptr;
  check(cublasLtCreate(&made_handle), "cublasLtCreate");
  const Handle handle(made_handle);
  cudaStream_t made_stream = nullptr;
  check_cuda(cudaStreamCreateWithFlags(&made_stream, cudaStreamNonBlocking), "a stream");
  const Stream stream(made_stream);
  const DeviceMemory a = random_values(elements(product.m, product.k), product.bf16);
  const DeviceMemory b = random_values(elements(product.k, product.n), product.bf16);
  const DeviceMemory c = random_values(elements(product.m, product.n), product.bf16);
  const DeviceMemory bias = random_values(elements(product.m, 1), product.bf16);
  const DeviceMemory workspace = random_values(kWorkspace / 4, false);

  const Description description = describe(product, bias.get());
  const Layout a_layout = make_layout(product, product.m, product.k);
  const Layout b_layout = product.transpose_b ? make_layout(product, product.n, product.k)
                                              : make_layout(product, product.k, product.n);
  const Layout c_layout = make_layout(product, product.m, product.n);
  cublasLtMatmulPreference_t made_preference = nullptr;
  check(cublasLtMatmulPreferenceCreate(&made_preference), "cublasLtMatmulPreferenceCreate");
  const Preference preference(made_preference);
  check(cublasLtMatmulPreferenceSetAttribute(made_preference, CUBLASLT_MATMUL_PREF_MAX_WORKSPACE_BYTES,
                                             &kWorkspace, sizeof kWorkspace),
        "the workspace of a product");
  std::vector<cublasLtMatmulHeuristicResult_t> offers(kMostAlgorithms);
  int offered = 0;
  const cublasStatus_t status = cublasLtMatmulAlgoGetHeuristic(
      handle.get(), description.get(), a_layout.get(), b_layout.get(), c_layout.get(), c_layout.get(),
      made_preference, kMostAlgorithms, offers.data(), &offered);
  if (status == CUBLAS_STATUS_NOT_SUPPORTED) return {};
  check(status, "cublasLtMatmulAlgoGetHeuristic");
  offers.resize(static_cast<std::size_t>(offered));

  const float one = 1, zero = 0;
  std::vector<TimedAlgorithm> timed;
  for (const cublasLtMatmulHeuristicResult_t& offer : offers) {
    TimedAlgorithm algorithm{config(offer.algo, CUBLASLT_ALGO_CONFIG_ID),
                             config(offer.algo, CUBLASLT_ALGO_CONFIG_TILE_ID),
                             config(offer.algo, CUBLASLT_ALGO_CONFIG_STAGES_ID),
                             config(offer.algo, CUBLASLT_ALGO_CONFIG_SPLITK_NUM),
                             0,
                             ""};
    const auto multiply = [&] {
      return cublasLtMatmul(handle.get(), description.get(), &one, a.get(), a_layout.get(), b.get(),
                            b_layout.get(), &zero, c.get(), c_layout.get(), c.get(), c_layout.get(),
                            &offer.algo, workspace.get(), kWorkspace, stream.get());
    };
    if (const cublasStatus_t refused = multiply(); refused != CUBLAS_STATUS_SUCCESS) {
      algorithm.error = cublasLtGetStatusName(refused);
      timed.push_back(algorithm);
      continue;
    }
    for (int i = 0; i < 3; ++i) check(multiply(), "cublasLtMatmul");
    const Event start = make_event(), end = make_event();
    check_cuda(cudaEventRecord(start.get(), stream.get()), "an event");
    for (int i = 0; i < kRepeats; ++i) check(multiply(), "cublasLtMatmul");
    check_cuda(cudaEventRecord(end.get(), stream.get()), "an event");
    check_cuda(cudaStreamSynchronize(stream.get()), "waiting for products");
    float milliseconds = 0;
    check_cuda(cudaEventElapsedTime(&milliseconds, start.get(), end.get()), "the time of products");
    algorithm.microseconds = static_cast<double>(milliseconds) * 1e3 / kRepeats;
    timed.push_back(algorithm);
  }
  return timed;
}

}  // namespace gpu_sweep::cuda
