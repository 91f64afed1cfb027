// Broken calls of cuBLAS that the stand-in must catch, such as wrong shapes and shared or missing workspaces.
#include <cublas_v2.h>
#include <cuda_bf16.h>

#include "tests/simt/broken/device_test.h"

namespace simt::test {
namespace {

/// A handle on `stream` with a workspace, and matrices for the product of a 2 x 3 and a 3 x 2 matrix.
class BrokenProduct : public DeviceTest {
 protected:
  void SetUp() override {
    DeviceTest::SetUp();
    ASSERT_EQ(cublasCreate(&handle), CUBLAS_STATUS_SUCCESS);
    workspace = allocate<float>(1024);
    a = upload<float>({1, 2, 3, 4, 5, 6});
    b = upload<float>({1, 0, 0, 0, 1, 0});
    c = allocate<float>(4);
    bind(handle, stream);
  }
  void TearDown() override {
    EXPECT_EQ(cublasDestroy(handle), CUBLAS_STATUS_SUCCESS);
    DeviceTest::TearDown();
  }
  void bind(cublasHandle_t to, cudaStream_t on) {
    ASSERT_EQ(cublasSetStream(to, on), CUBLAS_STATUS_SUCCESS);
    ASSERT_EQ(cublasSetWorkspace(to, workspace, 1024 * sizeof(float)), CUBLAS_STATUS_SUCCESS);
  }
  cublasStatus_t multiply(cublasHandle_t on, int lda, float* to) {
    const float one = 1;
    const float zero = 0;
    return cublasGemmStridedBatchedEx(on, CUBLAS_OP_N, CUBLAS_OP_N, 2, 2, 3, &one, a, CUDA_R_32F, lda, 0, b,
                                      CUDA_R_32F, 3, 0, &zero, to, CUDA_R_32F, 2, 0, 1, CUBLAS_COMPUTE_32F,
                                      CUBLAS_GEMM_DEFAULT);
  }

  cublasHandle_t handle = nullptr;
  float* workspace = nullptr;
  float* a = nullptr;
  float* b = nullptr;
  float* c = nullptr;
};

TEST_F(BrokenProduct, ACorrectOneIsColumnMajor) {
  ASSERT_EQ(multiply(handle, 2, c), CUBLAS_STATUS_SUCCESS);
  EXPECT_EQ(download(c, 4), (std::vector<float>{1, 2, 3, 4}));
}

TEST_F(BrokenProduct, PartialSumsAreRoundedToTheResultsTypeUnlessForbidden) {
  constexpr int kTerms = 400;
  const auto* ones = upload(std::vector<__nv_bfloat16>(kTerms, __float2bfloat16_rn(1.0f / 3)));
  auto* sum = allocate<__nv_bfloat16>(1);
  const auto product = [&] {
    const float one = 1;
    const float zero = 0;
    EXPECT_EQ(cublasGemmStridedBatchedEx(handle, CUBLAS_OP_N, CUBLAS_OP_N, 1, 1, kTerms, &one, ones,
                                         CUDA_R_16BF, 1, 0, ones, CUDA_R_16BF, kTerms, 0, &zero, sum,
                                         CUDA_R_16BF, 1, 0, 1, CUBLAS_COMPUTE_32F, CUBLAS_GEMM_DEFAULT),
              CUBLAS_STATUS_SUCCESS);
    return __bfloat162float(download(sum, 1)[0]);
  };
  const float third = __bfloat162float(__float2bfloat16_rn(1.0f / 3));
  const float exact = __bfloat162float(__float2bfloat16_rn(kTerms * third * third));
  EXPECT_NE(product(), exact);
  ASSERT_EQ(cublasSetMathMode(handle, CUBLAS_MATH_DISALLOW_REDUCED_PRECISION_REDUCTION),
            CUBLAS_STATUS_SUCCESS);
  EXPECT_EQ(product(), exact);
}

TEST_F(BrokenProduct, WrongLeadingDimensionIsCaught) {
  EXPECT_EQ(multiply(handle, 1, c), CUBLAS_STATUS_INVALID_VALUE);
  expect_caught("leading dimension too small");
  EXPECT_EQ(multiply(handle, 3, c), CUBLAS_STATUS_EXECUTION_FAILED);
  expect_caught("matrix A of product 0 spans 32 bytes from byte 0 of a device allocation of 24 bytes");
}

TEST_F(BrokenProduct, WorkspaceSharedByTwoStreamsIsCaught) {
  cublasHandle_t second = nullptr;
  ASSERT_EQ(cublasCreate(&second), CUBLAS_STATUS_SUCCESS);
  bind(second, other);
  float* d = allocate<float>(4);
  int caught = 0;
  for (int seed = 0; seed < kSchedules; ++seed) {
    simt::set_seed(static_cast<std::uint64_t>(seed));
    multiply(handle, 2, c);
    multiply(second, 2, d);
    for (const std::string& violation : simt::take_violations()) {
      EXPECT_THAT(violation, testing::HasSubstr("workspace is in use by two streams"));
      ++caught;
    }
  }
  EXPECT_GE(caught, kSchedules / 2);
  EXPECT_EQ(cublasDestroy(second), CUBLAS_STATUS_SUCCESS);
}

TEST_F(BrokenProduct, CaptureNeedsAWorkspaceWhichSetStreamDrops) {
  for (const bool dropped : {true, false}) {
    ASSERT_EQ(multiply(handle, 2, c), CUBLAS_STATUS_SUCCESS);
    ASSERT_EQ(cudaStreamSynchronize(stream), cudaSuccess);
    dropped ? static_cast<void>(cublasSetStream(handle, stream)) : bind(handle, stream);
    ASSERT_EQ(cudaStreamBeginCapture(stream, cudaStreamCaptureModeThreadLocal), cudaSuccess);
    EXPECT_EQ(multiply(handle, 2, c), dropped ? CUBLAS_STATUS_EXECUTION_FAILED : CUBLAS_STATUS_SUCCESS);
    cudaGraph_t graph = nullptr;
    EXPECT_EQ(cudaStreamEndCapture(stream, &graph),
              dropped ? cudaErrorStreamCaptureInvalidated : cudaSuccess);
    if (dropped) expect_caught("no workspace was set");
    if (graph != nullptr) {
      EXPECT_EQ(cudaGraphDestroy(graph), cudaSuccess);
    }
  }
}

}  // namespace
}  // namespace simt::test
