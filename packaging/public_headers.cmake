# The headers of the installed library: those that a program needs to load data, train and keep runs, and the headers
# that they include. They need only the C++ standard library. A test compiles each header separately from an
# installed tree.
set(GPU_SWEEP_PUBLIC_HEADERS
  engine/data/dataset.h
  engine/data/find_data.h
  engine/data/load_dataset.h
  engine/error.h
  engine/experiment/experiment.h
  engine/experiment/run_key.h
  engine/lane/device.h
  engine/model/mlp_spec.h
  engine/model/model_keys.def
  engine/model/model_spec.h
  engine/model/weights.h
  engine/report/export/exports.h
  engine/report/text/tables.h
  engine/statistics/summary.h
  engine/store/database/stored_experiment.h
  engine/store/formats/weights_file.h
  engine/store/runs/run_store.h
  engine/sweep/planner.h
  engine/sweep/scheduler.h
  engine/sweep/shard.h
  engine/train/group_spec.h
  engine/train/run_record.h
  engine/train/snapshot.h
  kernels/activation/activation.h
  kernels/activation/activations.def
  kernels/common/fp16.h
  kernels/optimizer/optimizer.h
  kernels/optimizer/optimizers.def
)
