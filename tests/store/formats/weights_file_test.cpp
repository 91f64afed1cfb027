#include "gpu_sweep/weights_file.h"

#include <gtest/gtest.h>

#include <limits>

#include "engine/data/read_file.h"
#include "engine/store/formats/npz.h"
#include "tests/data/idx_fixture.h"

namespace gpu_sweep {
namespace {

using Arrays = std::vector<std::pair<std::string, NpyArray>>;

NpyArray floats(std::vector<std::uint64_t> shape) {
  std::uint64_t count = 1;
  for (const std::uint64_t size : shape) count *= size;
  return npy_array(std::move(shape), std::vector<float>(count, 0.5f));
}

class WeightsFile : public testing::Test {
 protected:
  std::string load_error(const Arrays& arrays) {
    write_npz(file_, arrays);
    const std::string message = test::error_of(ExitCode::kData, [this] { load_weights(file_); });
    const std::string prefix = file_.string() + ": ";
    EXPECT_TRUE(message.starts_with(prefix)) << message;
    return message.substr(std::min(prefix.size(), message.size()));
  }

  test::TemporaryDirectory directory_;
  std::filesystem::path file_ = directory_ / "w.npz";
};

TEST_F(WeightsFile, RoundTripKeepsEveryBit) {
  const MlpSpec spec = {.features = 7, .hidden = {5, 1}, .classes = 3, .batch = 4};
  Weights weights = initial_weights(spec, 11);
  weights[0].kernel[0] = std::numeric_limits<float>::infinity();
  save_weights(file_, weights);
  EXPECT_EQ(load_weights(file_), weights);
  const NpzArrays arrays = read_npz(file_);
  ASSERT_EQ(arrays.size(), 6u);
  EXPECT_EQ(arrays.at("dense_1/kernel").shape, (std::vector<std::uint64_t>{5, 1}));
  EXPECT_EQ(arrays.at("dense_2/bias").shape, std::vector<std::uint64_t>{3});
}

TEST_F(WeightsFile, EqualWeightsGiveEqualBytes) {
  const Weights weights = initial_weights({.features = 7, .hidden = {}, .classes = 3, .batch = 4}, 2);
  save_weights(file_, weights);
  save_weights(directory_ / "again.npz", weights);
  EXPECT_EQ(read_file(file_, 1 << 20), read_file(directory_ / "again.npz", 1 << 20));
}

TEST_F(WeightsFile, NamesTheRunWhoseWeightsItHolds) {
  const Weights weights = initial_weights({.features = 7, .hidden = {}, .classes = 3, .batch = 4}, 2);
  const std::string key(64, 'a');
  save_weights(file_, weights, key);
  EXPECT_EQ(run_of_weights(file_), key);
  EXPECT_EQ(load_weights(file_), weights);
  save_weights(file_, weights);
  EXPECT_EQ(run_of_weights(file_), "");
  write_npz(file_, {{"key", floats({3})}});
  EXPECT_EQ(run_of_weights(file_), "") << "numbers are not a key";
}

TEST_F(WeightsFile, MissingFile) {
  EXPECT_EQ(test::error_of(ExitCode::kData, [this] { load_weights(file_); }),
            file_.string() + ": no such file");
}

TEST_F(WeightsFile, MissingArrays) {
  EXPECT_EQ(load_error({{"dense_0/kernel", floats({2, 3})}}), "array dense_0/bias is missing");
  EXPECT_EQ(load_error({{"dense_1/kernel", floats({2, 3})}, {"dense_1/bias", floats({3})}}),
            "array dense_0/kernel is missing");
}

TEST_F(WeightsFile, UnknownArray) {
  EXPECT_EQ(
      load_error({{"dense_0/kernel", floats({2, 3})}, {"dense_0/bias", floats({3})}, {"x", floats({1})}}),
      "unknown array x, expected only dense_0 to dense_0 with kernel and bias");
}

TEST_F(WeightsFile, OtherTypeOrShape) {
  EXPECT_EQ(load_error({{"dense_0/kernel", npy_array({1, 2}, std::vector<double>(2))}}),
            "dense_0/kernel is of type <f8, expected <f4");
  EXPECT_EQ(load_error({{"dense_0/kernel", floats({6})}}),
            "dense_0/kernel is of shape [6], expected [inputs, outputs]");
  EXPECT_EQ(load_error({{"dense_0/kernel", floats({2, 0})}}),
            "dense_0/kernel is of shape [2, 0], expected sizes from 1 to 1048576");
  EXPECT_EQ(load_error({{"dense_0/kernel", floats({2, 3})}, {"dense_0/bias", floats({2})}}),
            "dense_0/bias is of shape [2], expected [3] for a kernel of [2, 3]");
}

TEST_F(WeightsFile, LayersThatDoNotChainUp) {
  EXPECT_EQ(load_error({{"dense_0/kernel", floats({2, 3})},
                        {"dense_0/bias", floats({3})},
                        {"dense_1/kernel", floats({4, 2})},
                        {"dense_1/bias", floats({2})}}),
            "dense_1/kernel has 4 inputs, expected 3, the outputs of dense_0");
}

}  // namespace
}  // namespace gpu_sweep
