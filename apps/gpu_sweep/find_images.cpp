#include "apps/gpu_sweep/find_images.h"

#include "apps/gpu_sweep/output.h"
#include "gpu_sweep/error.h"
#include "gpu_sweep/load_dataset.h"

namespace gpu_sweep {

std::optional<Dataset> find_images(const Provenance& provenance, const std::string& flag) {
  // These are the classes with which the runs were trained. Some of them may have no labels in the data set.
  const ClassSpec classes{static_cast<int>(provenance.class_names.size()), provenance.class_names};
  DataRemarks remarks;
  if (!flag.empty()) {
    Dataset dataset = load_dataset(flag, &remarks, classes, provenance.data_settings);
    if (dataset.sha256 == provenance.data_sha256) return dataset;
    throw Error(ExitCode::kData, "--data " + flag + ": found a data set that these runs were not trained on");
  }
  try {
    Dataset dataset = load_dataset(provenance.data_directory, &remarks, classes, provenance.data_settings);
    if (dataset.sha256 == provenance.data_sha256) return dataset;
    warn(provenance.data_directory +
         " holds a data set that these runs were not trained on: the report shows no images");
  } catch (const Error& error) {
    warn(std::string(error.what()) + ": the report shows no images; --data DIR names the data set");
  }
  return std::nullopt;
}

}  // namespace gpu_sweep
