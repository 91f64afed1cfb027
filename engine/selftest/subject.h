// What a self-test works on: a device by the lanes that it makes, and sizes that suit it.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "engine/data/dataset.h"
#include "engine/lane/device.h"
#include "engine/train/group_spec.h"

namespace gpu_sweep {

/// Sizes of the data and models of a self-test.
struct SelftestScale {
  int side;            ///< images are side x side
  int rows;            ///< of the training set; the others are a quarter of it
  int batch;           ///< B, no divisor of `rows`: the last batch is short
  int widest;          ///< first hidden layer; the next ones are its half, its quarter, ...
  int speed_replicas;  ///< R of the timed step
  int speed_steps;     ///< how often it runs
};

inline constexpr SelftestScale kCardScale = {28, 1000, 128, 256, 50, 200};
inline constexpr SelftestScale kCpuScale = {28, 1000, 128, 256, 1, 20};
inline constexpr SelftestScale kStandInScale = {6, 44, 16, 16, 2, 3};

struct SelftestSubject {
  std::function<std::unique_ptr<Lane>(const LaneOptions&)> make_lane;
  std::vector<Precision> precisions;  ///< that the device has
  SelftestScale scale = kCardScale;
};

/// The device `index` of `backend`.
SelftestSubject selftest_subject(const Backend& backend, int index);

/// A synthetic data set of ten classes.
Dataset selftest_data(const SelftestScale& scale, int train_rows);

/// A group of equally shaped runs with seeds 1, 2, ...
GroupSpec selftest_group(const Dataset& dataset, const ModelSpec& model, Precision precision, int replicas);

/// `hidden_layers` layers, each half as wide as the one before.
ModelSpec selftest_model(const SelftestScale& scale, int hidden_layers);

}  // namespace gpu_sweep
