#include "gpu_sweep/weights_file.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "engine/store/formats/data_settings_json.h"
#include "engine/store/formats/parse_weights.h"
#include "gpu_sweep/error.h"

namespace gpu_sweep {
namespace {

constexpr const char* kKey = "key";
constexpr const char* kSettings = "inputs/settings";
constexpr const char* kMean = "inputs/mean";
constexpr const char* kScale = "inputs/scale";
constexpr std::uint64_t kMostWidth = std::uint64_t{1} << 20;

[[noreturn]] void fail(const std::filesystem::path& file, const std::string& what) {
  throw Error(ExitCode::kData, fmt::format("{}: {}", file.string(), what));
}

std::string shape_of(const NpyArray& array) { return fmt::format("[{}]", fmt::join(array.shape, ", ")); }

/// Removes the float32 array `name` from `arrays` and returns it. parse_weights takes all known arrays, and
/// refuses a file in which others are left.
NpyArray take(NpzArrays& arrays, const std::string& name, const std::filesystem::path& file) {
  auto node = arrays.extract(name);
  if (node.empty()) fail(file, fmt::format("array {} is missing", name));
  if (node.mapped().type != NpyType::kFloat32) {
    fail(file, fmt::format("{} is of type {}, expected <f4", name, to_string(node.mapped().type)));
  }
  return std::move(node.mapped());
}

DenseWeights take_dense(NpzArrays& arrays, std::size_t layer, const std::filesystem::path& file) {
  const std::string kernel_name = fmt::format("dense_{}/kernel", layer);
  const NpyArray kernel = take(arrays, kernel_name, file);
  if (kernel.shape.size() != 2) {
    fail(file, fmt::format("{} is of shape {}, expected [inputs, outputs]", kernel_name, shape_of(kernel)));
  }
  for (const std::uint64_t width : kernel.shape) {
    if (width < 1 || width > kMostWidth) {
      fail(file, fmt::format("{} is of shape {}, expected sizes from 1 to {}", kernel_name, shape_of(kernel),
                             kMostWidth));
    }
  }
  const std::string bias_name = fmt::format("dense_{}/bias", layer);
  const NpyArray bias = take(arrays, bias_name, file);
  if (bias.shape != std::vector{kernel.shape[1]}) {
    fail(file, fmt::format("{} is of shape {}, expected [{}] for a kernel of {}", bias_name, shape_of(bias),
                           kernel.shape[1], shape_of(kernel)));
  }
  return {.inputs = static_cast<int>(kernel.shape[0]),
          .outputs = static_cast<int>(kernel.shape[1]),
          .kernel = npy_values<float>(kernel),
          .bias = npy_values<float>(bias)};
}

/// Takes the key of the run out of `arrays`. Returns "" if it is absent or not of type u8, which is no error:
/// the key only decides whether the file may be overwritten.
std::string take_key(NpzArrays& arrays) {
  const auto node = arrays.extract(kKey);
  if (node.empty() || node.mapped().type != NpyType::kUint8) return "";
  return {node.mapped().bytes.begin(), node.mapped().bytes.end()};
}

std::vector<double> take_doubles(NpzArrays& arrays, const char* name, const std::filesystem::path& file) {
  auto node = arrays.extract(name);
  if (node.empty()) fail(file, fmt::format("array {} is missing", name));
  const NpyArray& array = node.mapped();
  if (array.type != NpyType::kFloat64 || array.shape.size() != 1) {
    fail(file, fmt::format("{} is {} of shape {}, expected <f8 of shape [inputs]", name,
                           to_string(array.type), shape_of(array)));
  }
  std::vector<double> values = npy_values<double>(array);
  if (!std::ranges::all_of(values, [](double value) { return std::isfinite(value); })) {
    fail(file, fmt::format("{} has values that are not finite", name));
  }
  return values;
}

InputRecipe take_recipe(NpzArrays& arrays, const std::filesystem::path& file) {
  InputRecipe recipe;
  const auto node = arrays.extract(kSettings);
  if (node.empty()) return recipe;
  const std::vector<std::uint8_t>& text = node.mapped().bytes;
  try {
    const auto json = nlohmann::ordered_json::parse(text.begin(), text.end());
    recipe.settings = data_settings_from_json(json);
    if (const auto seed = json.find("seed"); seed != json.end()) recipe.seed = seed->get<std::uint64_t>();
  } catch (const std::exception&) {
    fail(file, fmt::format("{} is not the JSON of settings", kSettings));
  }
  if (recipe.settings.normalize != Normalize::kStandardize) return recipe;
  recipe.standardization = {take_doubles(arrays, kMean, file), take_doubles(arrays, kScale, file)};
  if (recipe.standardization->mean.size() != recipe.standardization->scale.size()) {
    fail(file, fmt::format("{} and {} differ in size", kMean, kScale));
  }
  return recipe;
}

}  // namespace

Weights load_weights(const std::filesystem::path& file) { return parse_weights(read_npz(file), file); }

Weights parse_weights(NpzArrays arrays, const std::filesystem::path& file) {
  take_key(arrays);
  const InputRecipe recipe = take_recipe(arrays, file);
  Weights weights;
  do {
    DenseWeights dense = take_dense(arrays, weights.size(), file);
    if (!weights.empty() && dense.inputs != weights.back().outputs) {
      fail(file, fmt::format("dense_{}/kernel has {} inputs, expected {}, the outputs of dense_{}",
                             weights.size(), dense.inputs, weights.back().outputs, weights.size() - 1));
    }
    weights.push_back(std::move(dense));
  } while (arrays.contains(fmt::format("dense_{}/kernel", weights.size())));
  if (!arrays.empty()) {
    fail(file, fmt::format("unknown array {}, expected only dense_0 to dense_{} with kernel and bias",
                           arrays.begin()->first, weights.size() - 1));
  }
  if (recipe.standardization &&
      recipe.standardization->mean.size() != static_cast<std::size_t>(weights.front().inputs)) {
    fail(file, fmt::format("{} is of shape [{}], expected [{}], the inputs of dense_0", kMean,
                           recipe.standardization->mean.size(), weights.front().inputs));
  }
  return weights;
}

InputRecipe load_input_recipe(const std::filesystem::path& file) {
  NpzArrays arrays = read_npz(file);
  return take_recipe(arrays, file);
}

std::string run_of_weights(const std::filesystem::path& file) {
  NpzArrays arrays = read_npz(file);
  return take_key(arrays);
}

void save_weights(const std::filesystem::path& file, const Weights& weights, const std::string& key,
                  const InputRecipe& recipe) {
  std::vector<std::pair<std::string, NpyArray>> arrays;
  for (std::size_t l = 0; l < weights.size(); ++l) {
    const auto inputs = static_cast<std::uint64_t>(weights[l].inputs);
    const auto outputs = static_cast<std::uint64_t>(weights[l].outputs);
    arrays.emplace_back(fmt::format("dense_{}/kernel", l), npy_array({inputs, outputs}, weights[l].kernel));
    arrays.emplace_back(fmt::format("dense_{}/bias", l), npy_array({outputs}, weights[l].bias));
  }
  if (!key.empty()) {
    arrays.emplace_back(kKey, npy_array({key.size()}, std::vector<std::uint8_t>(key.begin(), key.end())));
  }
  if (recipe.settings != DataSettings{}) {
    nlohmann::ordered_json json = to_json(recipe.settings);
    if (recipe.seed) json["seed"] = *recipe.seed;
    const std::string text = json.dump();
    arrays.emplace_back(kSettings,
                        npy_array({text.size()}, std::vector<std::uint8_t>(text.begin(), text.end())));
  }
  if (recipe.standardization) {
    const std::uint64_t features = recipe.standardization->mean.size();
    arrays.emplace_back(kMean, npy_array({features}, recipe.standardization->mean));
    arrays.emplace_back(kScale, npy_array({features}, recipe.standardization->scale));
  }
  write_npz(file, arrays);
}

}  // namespace gpu_sweep
