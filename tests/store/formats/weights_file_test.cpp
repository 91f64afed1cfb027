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

TEST_F(WeightsFile, KeepsWhatTheInputsHaveGoneThrough) {
  const Weights weights = initial_weights({.features = 2, .hidden = {}, .classes = 3, .batch = 4}, 2);
  save_weights(file_, weights);
  EXPECT_EQ(load_input_recipe(file_), InputRecipe{});
  InputRecipe recipe;
  recipe.settings.normalize = Normalize::kStandardize;
  recipe.settings.validation = HoldOut{0.1, 4'000'000'000, true};
  recipe.settings.target = "\"kind\"";
  recipe.settings.test = HoldOut{1.0 / 3, 1, false};
  recipe.standardization = Standardization{{0.1, -1e300}, {1, 1.0 / 3}};
  save_weights(file_, weights, std::string(64, 'a'), recipe);
  EXPECT_EQ(load_input_recipe(file_), recipe);
  EXPECT_EQ(load_weights(file_), weights);
  EXPECT_EQ(run_of_weights(file_), std::string(64, 'a'));

  const auto text = [](const std::string& json) {
    return npy_array({json.size()}, std::vector<std::uint8_t>(json.begin(), json.end()));
  };
  const NpyArray standardize = text(R"({"normalize": "standardize"})");
  const auto doubles = [](std::vector<double> values) { return npy_array({values.size()}, values); };
  const Arrays dense = {{"dense_0/kernel", floats({2, 3})}, {"dense_0/bias", floats({3})}};
  const std::pair<Arrays, std::string> refused[] = {
      {{{"inputs/settings", text("{")}}, "inputs/settings is not the JSON of settings"},
      {{{"inputs/settings", text(R"({"normalize": "max"})")}}, "inputs/settings is not the JSON of settings"},
      {{{"inputs/settings", standardize}}, "array inputs/mean is missing"},
      {{{"inputs/settings", standardize}, {"inputs/mean", floats({2})}, {"inputs/scale", doubles({1, 1})}},
       "inputs/mean is <f4 of shape [2], expected <f8 of shape [inputs]"},
      {{{"inputs/settings", standardize}, {"inputs/mean", doubles({0, 0})}, {"inputs/scale", doubles({1})}},
       "inputs/mean and inputs/scale differ in size"},
      {{{"inputs/settings", standardize}, {"inputs/mean", doubles({0})}, {"inputs/scale", doubles({1})}},
       "inputs/mean is of shape [1], expected [2], the inputs of dense_0"},
      {{{"inputs/mean", doubles({0})}},
       "unknown array inputs/mean, expected only dense_0 to dense_0 with kernel and bias"}};
  for (auto [arrays, message] : refused) {
    arrays.insert(arrays.end(), dense.begin(), dense.end());
    EXPECT_EQ(load_error(arrays), message);
  }
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
