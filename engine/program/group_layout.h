// The placement in the arena of everything that a group of R replicas needs. All programs of a group use the
// same layout. In the shapes below, P is the number of parameters per replica, K the number of classes, D of
// features, O of outputs of a layer, B of rows per training batch and E of rows per evaluation batch.
// "padded" refers to the padding that parameter_layout.h defines.
#pragma once

#include <cstdint>
#include <vector>

#include "engine/data/dataset_layout.h"
#include "engine/model/parameter_layout.h"
#include "kernels/optimizer/optimizer_properties.h"

namespace gpu_sweep {

struct GroupLayout {
  MlpSpec spec;
  ParameterLayout parameters;
  DatasetLayout dataset;
  int replicas = 1;          ///< R; if the group has fewer runs, the other replicas are idle
  int evaluation_batch = 0;  ///< E, rows per evaluation step
  bool shuffled = true;
  bool keep_probabilities = false;  ///< whether to keep the class probabilities of the test split

  // State that persists from step to step.
  Tensor train_state;            ///< [1] StepState
  Tensor evaluation_state;       ///< [1] StepState
  Tensor replica_state;          ///< [R] ReplicaState
  Tensor train_metrics;          ///< [R] Metrics
  Tensor evaluation_metrics;     ///< [R] Metrics
  Tensor order;                  ///< [R, N] u32, N training rows
  Tensor pool_rows;              ///< [R, pool] u32, RunSplits::rows_of, if each run has its own split
  Tensor confusion;              ///< [R, K, K] u32
  Tensor predictions;            ///< [R, rows of the largest split] u8
  Tensor probabilities;          ///< [R, N, K] f16, N test rows, if requested
  Tensor weights;                ///< [R, P] f32
  Tensor weights_bf16;           ///< [R, P] bf16, bf16 precision only
  Tensor moments[kMostMoments];  ///< [R, P] f32: those that the optimizer keeps
  Tensor best_weights;           ///< [R, P] f32, of each run's best epoch, if they are kept
  Tensor class_weights;          ///< [R, K] f32, if the loss is weighted
  Tensor gradient;               ///< [R, P] f32; padding and gaps are +0 from the start

  // Scratch memory of one step. Where no element type is given, it is f32, or bf16 in bf16 precision.
  Tensor x;                                    ///< [R, B, padded D]
  Tensor y;                                    ///< [R, B] u8
  std::vector<Tensor> activations;             ///< per hidden layer [R, B, padded O]: a
  std::vector<Tensor> products;                ///< z; equal to `activations` unless needs_input(activation)
  std::vector<Tensor> gradients;               ///< per hidden layer [R, B, padded O]: da, then dz in place
  Tensor logits;                               ///< [R, B, padded K] f32
  Tensor dlogits;                              ///< [R, B, padded K]
  Tensor evaluation_x;                         ///< [E, padded D], shared by the replicas; [R, E, padded D]
                                               ///< if each run has its own split
  Tensor evaluation_y;                         ///< [E] or [R, E] u8, as evaluation_x
  std::vector<Tensor> evaluation_activations;  ///< per hidden layer [R, E, padded O]: z, then a
  Tensor evaluation_logits;                    ///< [R, E, padded K] f32
  Tensor shuffle_scratch;                      ///< shared by the replicas
  std::uint64_t shuffle_scratch_bytes = 0;

  std::uint64_t arena_bytes = 0;
};

/// Returns the number of batches in a pass over `rows` rows. The last batch may be short.
constexpr int batches_of(int rows, int batch) { return (rows + batch - 1) / batch; }

/// Returns the number of optimizer steps per epoch.
inline int steps_per_epoch(const GroupLayout& layout) {
  return batches_of(layout.dataset[Split::kTrain].rows, layout.spec.batch);
}

/// Computes the layout. `shuffle_scratch_bytes` is the size of the scratch memory that Shuffle needs on the
/// lane for R replicas (Lane::shuffle_scratch_bytes). With `keep_probabilities`, the layout has room for the
/// class probabilities of the test split.
GroupLayout group_layout(const MlpSpec& spec, const DatasetLayout& dataset, int replicas,
                         int evaluation_batch, bool shuffled, std::uint64_t shuffle_scratch_bytes,
                         bool keep_probabilities = false);

/// Returns a Tensor of `type` that starts at element `element` of each of the `vectors`. It is used, for
/// example, for the kernels of one layer in all replicas.
Tensor parameter_tensor(const Tensor& vectors, std::int64_t element, DType type);

}  // namespace gpu_sweep
