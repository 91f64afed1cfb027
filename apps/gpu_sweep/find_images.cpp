#include "apps/gpu_sweep/find_images.h"

#include "apps/gpu_sweep/output.h"
#include "engine/data/load_dataset.h"
#include "engine/error.h"

namespace gpu_sweep {

std::optional<Dataset> find_images(const Provenance& provenance, const std::string& flag) {
  // As the runs were trained: labels alone may say less.
  const ClassSpec classes{static_cast<int>(provenance.class_names.size()), provenance.class_names};
  DataRemarks remarks;
  if (!flag.empty()) {
    Dataset dataset = load_dataset(flag, &remarks, classes);
    if (dataset.sha256 == provenance.data_sha256) return dataset;
    throw Error(ExitCode::kData, "--data " + flag + ": found other data than these runs were trained on");
  }
  try {
    Dataset dataset = load_dataset(provenance.data_directory, &remarks, classes);
    if (dataset.sha256 == provenance.data_sha256) return dataset;
    warn(provenance.data_directory + " holds other data than these runs were trained on: no images");
  } catch (const Error& error) {
    warn(std::string(error.what()) + ": the report shows no images; --data DIR names the data set");
  }
  return std::nullopt;
}

}  // namespace gpu_sweep
