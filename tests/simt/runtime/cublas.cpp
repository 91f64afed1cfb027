// The stand-in for cuBLAS: handles, workspaces, and checks of arguments.
#include <cublas_v2.h>

#include <algorithm>
#include <cstring>
#include <set>
#include <tuple>

#include "tests/simt/runtime/device.h"
#include "tests/simt/runtime/gemm.h"

struct cublasContext {
  cudaStream_t stream = nullptr;
  void* workspace = nullptr;
  std::size_t workspace_bytes = 0;
  cublasMath_t math = CUBLAS_DEFAULT_MATH;
  std::set<std::tuple<int, int, int>> loaded;  ///< types and precisions already used: kernels load lazily
};

using simt::device;
using simt::Work;

namespace {

constexpr std::size_t kWorkspaceAlignment = 256;
constexpr std::size_t kLoadedKernelBytes = 2 << 10;  // small, so that tests can fill memory almost completely

/// Fills only the two ends of a workspace with poison, because a workspace may be large.
void poison_workspace(void* workspace, std::size_t bytes) {
  const std::size_t end_bytes = std::min<std::size_t>(bytes, 128 << 10);
  std::memset(workspace, simt::kPoison, end_bytes);
  std::memset(static_cast<std::byte*>(workspace) + bytes - end_bytes, simt::kPoison, end_bytes);
}

/// Returns the rounding of inputs. Besides the seed, it depends on the shape and on the number of products,
/// as does the kernel that cuBLAS chooses.
simt::InputRounding tf32_rounding(const simt::Gemm& gemm) {
  std::uint64_t key = device().seed;
  for (const int size : {gemm.m, gemm.n, gemm.k, gemm.batch}) {
    key = simt::Random(key * 31 + static_cast<std::uint64_t>(size)).next();
  }
  return key % 2 == 0 ? simt::InputRounding::kTf32Nearest : simt::InputRounding::kTf32Truncated;
}

cublasStatus_t refuse(const cublasContext& handle, const std::string& why) {
  device().violations.report("cublasGemmStridedBatchedEx: " + why);
  if (device().capturing(handle.stream)) handle.stream->capture->invalidated = true;
  return CUBLAS_STATUS_EXECUTION_FAILED;
}

cudaError_t submit(const cublasContext& handle, cudaGraphNodeType type, std::function<void()> run) {
  auto work = std::make_shared<Work>();
  work->type = type;
  work->run = std::move(run);
  work->workspace = handle.workspace;
  return device().submit(handle.stream, std::move(work));
}

cudaError_t submit_product(const cublasContext& handle, const simt::Gemm& gemm) {
  void* workspace = handle.workspace;
  const std::size_t bytes = handle.workspace_bytes;
  const bool split = device().splits_products && workspace != nullptr && device().capturing(handle.stream) &&
                     device().random.one_in(4);
  if (!split) {
    return submit(handle, cudaGraphNodeTypeKernel, [=] {
      if (workspace != nullptr) poison_workspace(workspace, bytes);
      gemm.store(gemm.multiply());
    });
  }
  // cuBLAS sometimes splits the sum over k. It then clears its workspace, accumulates partial sums there, and
  // adds them up.
  const auto sums = std::make_shared<std::vector<float>>();
  cudaError_t error = submit(handle, cudaGraphNodeTypeMemset, [=] { poison_workspace(workspace, bytes); });
  if (error == cudaSuccess) {
    error = submit(handle, cudaGraphNodeTypeKernel, [=] {
      *sums = gemm.multiply();
      if (gemm.beta == 0) gemm.poison_c();
    });
  }
  if (error != cudaSuccess) return error;
  return submit(handle, cudaGraphNodeTypeKernel, [=] { gemm.store(*sums); });
}

bool known(cublasHandle_t handle) { return handle != nullptr; }

}  // namespace

cublasStatus_t cublasCreate(cublasHandle_t* handle) {
  const std::lock_guard lock(device().mutex);
  *handle = nullptr;
  if (device().check_not_capturing("cublasCreate") != cudaSuccess) return CUBLAS_STATUS_ALLOC_FAILED;
  *handle = new cublasContext;
  return CUBLAS_STATUS_SUCCESS;
}

cublasStatus_t cublasDestroy(cublasHandle_t handle) {
  const std::lock_guard lock(device().mutex);
  if (!known(handle)) return CUBLAS_STATUS_NOT_INITIALIZED;
  if (device().check_not_capturing("cublasDestroy") != cudaSuccess) return CUBLAS_STATUS_INTERNAL_ERROR;
  device().run_all();
  delete handle;
  return CUBLAS_STATUS_SUCCESS;
}

cublasStatus_t cublasGetVersion(cublasHandle_t, int* version) {
  const std::lock_guard lock(device().mutex);
  *version = device().cublas_version;
  return CUBLAS_STATUS_SUCCESS;
}

cublasStatus_t cublasGetProperty(libraryPropertyType type, int* value) {
  const std::lock_guard lock(device().mutex);
  const int version = device().cublas_version;  // major * 10000 + minor * 100 + patch
  *value = type == MAJOR_VERSION   ? version / 10000
           : type == MINOR_VERSION ? version / 100 % 100
                                   : version % 100;
  return CUBLAS_STATUS_SUCCESS;
}

/// As documented, this call resets the workspace to the default one.
cublasStatus_t cublasSetStream(cublasHandle_t handle, cudaStream_t stream) {
  const std::lock_guard lock(device().mutex);
  if (!known(handle)) return CUBLAS_STATUS_NOT_INITIALIZED;
  handle->stream = stream;
  handle->workspace = nullptr;
  handle->workspace_bytes = 0;
  return CUBLAS_STATUS_SUCCESS;
}

cublasStatus_t cublasSetWorkspace(cublasHandle_t handle, void* workspace, std::size_t bytes) {
  const std::lock_guard lock(device().mutex);
  if (!known(handle)) return CUBLAS_STATUS_NOT_INITIALIZED;
  if (reinterpret_cast<std::uintptr_t>(workspace) % kWorkspaceAlignment != 0 ||
      !device().memory.contains(workspace, bytes)) {
    return CUBLAS_STATUS_INVALID_VALUE;
  }
  handle->workspace = workspace;
  handle->workspace_bytes = bytes;
  return CUBLAS_STATUS_SUCCESS;
}

cublasStatus_t cublasSetMathMode(cublasHandle_t handle, cublasMath_t mode) {
  const std::lock_guard lock(device().mutex);
  if (!known(handle)) return CUBLAS_STATUS_NOT_INITIALIZED;
  handle->math = mode;
  return CUBLAS_STATUS_SUCCESS;
}

cublasStatus_t cublasGemmStridedBatchedEx(cublasHandle_t handle, cublasOperation_t transpose_a,
                                          cublasOperation_t transpose_b, int m, int n, int k,
                                          const void* alpha, const void* a, cudaDataType a_type, int lda,
                                          long long stride_a, const void* b, cudaDataType b_type, int ldb,
                                          long long stride_b, const void* beta, void* c, cudaDataType c_type,
                                          int ldc, long long stride_c, int batch_count,
                                          cublasComputeType_t compute_type, cublasGemmAlgo_t) {
  simt::Device& on = device();
  const std::lock_guard lock(on.mutex);
  if (!known(handle)) return CUBLAS_STATUS_NOT_INITIALIZED;
  if (on.check_stream(handle->stream, "cublasGemmStridedBatchedEx") != cudaSuccess ||
      on.check_current(handle->stream, "cublasGemmStridedBatchedEx") != cudaSuccess) {
    return CUBLAS_STATUS_EXECUTION_FAILED;
  }
  const bool ta = transpose_a != CUBLAS_OP_N;
  const bool tb = transpose_b != CUBLAS_OP_N;
  simt::Gemm gemm;
  gemm.m = m;
  gemm.n = n;
  gemm.k = k;
  gemm.batch = batch_count;
  gemm.a = {a, a_type, ta, ta ? k : m, ta ? m : k, lda, stride_a};
  gemm.b = {b, b_type, tb, tb ? n : k, tb ? k : n, ldb, stride_b};
  gemm.c = {c, c_type, false, m, n, ldc, stride_c};
  if (m < 1 || n < 1 || k < 1 || batch_count < 1 || lda < gemm.a.rows || ldb < gemm.b.rows || ldc < m) {
    on.violations.report(
        "cublasGemmStridedBatchedEx: a size is not positive or a leading dimension too small");
    return CUBLAS_STATUS_INVALID_VALUE;
  }
  const int major = on.cards[static_cast<std::size_t>(simt::current_device())].major;
  const bool all_float = a_type == CUDA_R_32F && b_type == CUDA_R_32F && c_type == CUDA_R_32F;
  const bool bf16 =
      a_type == CUDA_R_16BF && b_type == CUDA_R_16BF && (c_type == CUDA_R_16BF || c_type == CUDA_R_32F);
  const bool fast = compute_type == CUBLAS_COMPUTE_32F_FAST_TF32;
  if (!all_float && !bf16) return CUBLAS_STATUS_NOT_SUPPORTED;
  if (bf16 && (fast || major < 8))
    return bf16 && fast ? CUBLAS_STATUS_NOT_SUPPORTED : CUBLAS_STATUS_ARCH_MISMATCH;
  std::memcpy(&gemm.alpha, alpha, sizeof(float));
  std::memcpy(&gemm.beta, beta, sizeof(float));
  const bool math_fast = handle->math == CUBLAS_TF32_TENSOR_OP_MATH && compute_type == CUBLAS_COMPUTE_32F;
  const bool tf32 = all_float && (fast || math_fast) && major >= 8;
  if (tf32) gemm.rounding = tf32_rounding(gemm);
  gemm.rounds_partial_sums =
      c_type == CUDA_R_16BF && (handle->math & CUBLAS_MATH_DISALLOW_REDUCED_PRECISION_REDUCTION) == 0;
  if (const std::string why = gemm.check(on.memory); !why.empty()) return refuse(*handle, why);
  const bool first_use = !handle->loaded.contains({a_type, c_type, tf32});
  if (on.capturing(handle->stream)) {
    if (handle->workspace == nullptr) {
      return refuse(*handle, "no workspace was set, so that it allocates while its stream is being captured");
    }
    if (first_use) return refuse(*handle, "first use of this precision while its stream is being captured");
  } else if (first_use && on.check_not_capturing("first use of a cuBLAS product") != cudaSuccess) {
    return CUBLAS_STATUS_EXECUTION_FAILED;
  } else if (first_use &&
             on.memory.used_bytes(on.memory.device_of(c)) + kLoadedKernelBytes > on.memory.total_bytes()) {
    return CUBLAS_STATUS_ALLOC_FAILED;
  }
  handle->loaded.insert({a_type, c_type, tf32});
  return submit_product(*handle, gemm) == cudaSuccess ? CUBLAS_STATUS_SUCCESS
                                                      : CUBLAS_STATUS_EXECUTION_FAILED;
}

const char* cublasGetStatusName(cublasStatus_t status) {
  switch (status) {
    case CUBLAS_STATUS_SUCCESS:
      return "CUBLAS_STATUS_SUCCESS";
    case CUBLAS_STATUS_NOT_INITIALIZED:
      return "CUBLAS_STATUS_NOT_INITIALIZED";
    case CUBLAS_STATUS_ALLOC_FAILED:
      return "CUBLAS_STATUS_ALLOC_FAILED";
    case CUBLAS_STATUS_INVALID_VALUE:
      return "CUBLAS_STATUS_INVALID_VALUE";
    case CUBLAS_STATUS_ARCH_MISMATCH:
      return "CUBLAS_STATUS_ARCH_MISMATCH";
    case CUBLAS_STATUS_MAPPING_ERROR:
      return "CUBLAS_STATUS_MAPPING_ERROR";
    case CUBLAS_STATUS_EXECUTION_FAILED:
      return "CUBLAS_STATUS_EXECUTION_FAILED";
    case CUBLAS_STATUS_INTERNAL_ERROR:
      return "CUBLAS_STATUS_INTERNAL_ERROR";
    case CUBLAS_STATUS_NOT_SUPPORTED:
      return "CUBLAS_STATUS_NOT_SUPPORTED";
  }
  return "<unknown>";
}

const char* cublasGetStatusString(cublasStatus_t status) { return cublasGetStatusName(status); }
