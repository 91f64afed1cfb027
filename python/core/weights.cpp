#include "python/core/weights.h"

#include <nanobind/ndarray.h>
#include <nanobind/stl/optional.h>
#include <nanobind/stl/pair.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/store/files/atomic_file.h"
#include "engine/store/formats/weights_kind.h"
#include "gpu_sweep/weights_file.h"
#include "python/core/arrays.h"

namespace gpu_sweep::python {

namespace nb = nanobind;

namespace {

template <class T, int dimensions>
using Array = nb::ndarray<const T, nb::ndim<dimensions>, nb::c_contig, nb::device::cpu>;

using Layers = std::vector<std::pair<Array<float, 2>, Array<float, 1>>>;

template <class T, int dimensions>
std::vector<T> values_of(const Array<T, dimensions>& array) {
  return {array.data(), array.data() + array.size()};
}

nb::object layers_of(const Weights& weights) {
  nb::list layers;
  for (const DenseWeights& layer : weights) {
    const auto inputs = static_cast<std::size_t>(layer.inputs),
               outputs = static_cast<std::size_t>(layer.outputs);
    layers.append(nb::make_tuple(array_of(layer.kernel, {inputs, outputs}), array_of(layer.bias, {outputs})));
  }
  return layers;
}

nb::object recipe_of(const InputRecipe& recipe) {
  const auto& normalize = recipe.settings.normalize;
  nb::object mean = nb::none(), scale = nb::none();
  if (recipe.standardization) {
    const std::size_t features = recipe.standardization->mean.size();
    mean = array_of(recipe.standardization->mean, {features});
    scale = array_of(recipe.standardization->scale, {features});
  }
  return nb::make_tuple(normalize ? nb::cast(to_string(*normalize)) : nb::none(), mean, scale);
}

/// Writes a file of weights. The arrays must fit together; gpu_sweep.Network has checked this.
void write_weights(const std::string& file, const Layers& layers, const std::optional<std::string>& normalize,
                   const std::optional<Array<double, 1>>& mean,
                   const std::optional<Array<double, 1>>& scale) {
  Weights weights;
  for (const auto& [kernel, bias] : layers) {
    weights.push_back({static_cast<int>(kernel.shape(0)), static_cast<int>(kernel.shape(1)),
                       values_of<float, 2>(kernel), values_of<float, 1>(bias)});
  }
  InputRecipe recipe;
  if (normalize) recipe.settings.normalize = parse_normalize(*normalize);
  if (mean && scale) {
    recipe.standardization = {values_of<double, 1>(*mean), values_of<double, 1>(*scale)};
  }
  const nb::gil_scoped_release released;
  const std::filesystem::path path = file;
  refuse_foreign_file(path, kWeightsKind);
  if (path.has_parent_path()) make_directory(path.parent_path());
  save_weights(path, weights, "", recipe);
}

}  // namespace

nb::object network_of(const std::filesystem::path& file) {
  Weights weights;
  InputRecipe recipe;
  {
    const nb::gil_scoped_release released;
    weights = load_weights(file);
    recipe = load_input_recipe(file);
  }
  return nb::make_tuple(layers_of(weights), recipe_of(recipe));
}

void bind_weights(nb::module_& module) {
  module.def(
      "read_weights", [](const std::string& file) { return network_of(file); }, nb::arg("file"));
  module.def("write_weights", &write_weights, nb::arg("file"), nb::arg("layers"), nb::kw_only(),
             nb::arg("normalize").none(), nb::arg("mean").none(), nb::arg("scale").none());
  module.def(
      "refuse_foreign_file",
      [](const std::string& file, const std::string& kind, const nb::bytes& start, const nb::bytes& mark,
         std::size_t reach) {
        refuse_foreign_file(file, {kind.c_str(),
                                   {start.c_str(), start.size()},
                                   {mark.c_str(), mark.size()},
                                   reach,
                                   "another name"});
      },
      nb::arg("file"), nb::arg("kind"), nb::arg("start"), nb::arg("mark"), nb::arg("reach"));
}

}  // namespace gpu_sweep::python
