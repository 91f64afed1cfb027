// A fixture for the tests of the stand-in. It has two streams and device arrays, and checks that no test ends
// with an unexpected violation.
#pragma once

#include <cuda_runtime_api.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <vector>

#include "tests/simt/simt.h"

namespace simt::test {

/// Number of schedules under which a test looks for a mistake that depends on the order of execution.
inline constexpr int kSchedules = 20;

class DeviceTest : public testing::Test {
 protected:
  void SetUp() override {
    simt::set_seed(1);
    ASSERT_EQ(cudaStreamCreateWithFlags(&stream, cudaStreamNonBlocking), cudaSuccess);
    ASSERT_EQ(cudaStreamCreateWithFlags(&other, cudaStreamNonBlocking), cudaSuccess);
  }
  /// Fails if there are still violations. A test must take the violations that it provokes.
  void TearDown() override {
    EXPECT_THAT(simt::take_violations(), testing::IsEmpty());
    for (void* pointer : allocated_) EXPECT_EQ(cudaFree(pointer), cudaSuccess);
    EXPECT_EQ(cudaStreamDestroy(stream), cudaSuccess);
    EXPECT_EQ(cudaStreamDestroy(other), cudaSuccess);
    cudaGetLastError();
  }

  template <class T>
  T* allocate(std::size_t count) {
    void* pointer = nullptr;
    EXPECT_EQ(cudaMalloc(&pointer, count * sizeof(T)), cudaSuccess);
    allocated_.push_back(pointer);
    return static_cast<T*>(pointer);
  }
  template <class T>
  T* upload(const std::vector<T>& values) {
    T* pointer = allocate<T>(values.size());
    const std::size_t bytes = values.size() * sizeof(T);
    EXPECT_EQ(cudaMemcpyAsync(pointer, values.data(), bytes, cudaMemcpyHostToDevice, stream), cudaSuccess);
    EXPECT_EQ(cudaStreamSynchronize(stream), cudaSuccess);  // so that any stream may read the array
    return pointer;
  }
  /// Returns `count` values from device memory, after waiting for `stream`.
  template <class T>
  std::vector<T> download(const T* pointer, std::size_t count) {
    std::vector<T> values(count);
    EXPECT_EQ(cudaStreamSynchronize(stream), cudaSuccess);
    EXPECT_EQ(cudaMemcpy(values.data(), pointer, count * sizeof(T), cudaMemcpyDeviceToHost), cudaSuccess);
    return values;
  }
  /// Waits for `stream`, then expects exactly one violation, with a description that contains `text`.
  void expect_caught(const std::string& text) {
    cudaStreamSynchronize(stream);
    EXPECT_THAT(simt::take_violations(), testing::ElementsAre(testing::HasSubstr(text)));
  }

  cudaStream_t stream = nullptr;
  cudaStream_t other = nullptr;

 private:
  std::vector<void*> allocated_;
};

}  // namespace simt::test
