// The subject of a self-test: a device, represented by a function that creates lanes, and sizes that suit it.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "gpu_sweep/dataset.h"
#include "gpu_sweep/device.h"
#include "gpu_sweep/group_spec.h"

namespace gpu_sweep {

/// Sizes of the data and models of a self-test.
struct SelftestScale {
  int side;            ///< images are side x side
  int rows;            ///< of the training split; the other splits have a quarter each
  int batch;           ///< B; must not divide `rows`, so that the last batch is short
  int widest;          ///< width of the first hidden layer; each further layer is half as wide
  int speed_replicas;  ///< R of the timed step, and of other checks with many replicas
  int speed_steps;     ///< number of times that the step is run when it is timed
};

inline constexpr SelftestScale kCardScale = {28, 1000, 128, 256, 50, 200};
inline constexpr SelftestScale kCpuScale = {28, 1000, 128, 256, 1, 20};
inline constexpr SelftestScale kStandInScale = {6, 44, 16, 16, 2, 3};

struct SelftestSubject {
  std::function<std::unique_ptr<Lane>(const LaneOptions&)> make_lane;
  std::vector<Precision> precisions;  ///< supported by the device
  SelftestScale scale = kCardScale;
};

/// Returns the subject for device `index` of `backend`.
SelftestSubject selftest_subject(const Backend& backend, int index);

/// Returns a synthetic data set of ten classes, with images of scale.side. The validation and test splits
/// have a quarter of `train_rows` rows each, but at least one.
Dataset selftest_data(const SelftestScale& scale, int train_rows);

/// Returns a group of `replicas` runs of `model` with seeds 1, 2, ...
GroupSpec selftest_group(const Dataset& dataset, const ModelSpec& model, Precision precision, int replicas);

/// Sets a schedule, weight decay, an L2 penalty, clipping, class weights and label smoothing in `model`.
void add_settings(ModelSpec& model);

/// Returns a model with `hidden_layers` hidden layers, each half as wide as the one before.
ModelSpec selftest_model(const SelftestScale& scale, int hidden_layers);

}  // namespace gpu_sweep
