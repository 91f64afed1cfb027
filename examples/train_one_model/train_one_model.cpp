// Trains one model with the engine as a library: train_one_model [FOLDER_WITH_THE_FOUR_IDX_FILES]
#include <gpu_sweep/error.h>
#include <gpu_sweep/find_data.h>
#include <gpu_sweep/load_dataset.h>
#include <gpu_sweep/planner.h>
#include <gpu_sweep/scheduler.h>

#include <cstdio>

using namespace gpu_sweep;

int main(int argc, char** argv) try {
  DataRemarks remarks;
  const Dataset data = load_dataset(find_data(argc > 1 ? argv[1] : ""), &remarks);
  const DeviceChoice devices = choose_devices("auto");
  const DeviceInfo& device = devices.backend.devices[devices.indices.front()];

  Experiment experiment;
  experiment.name = "one model";
  experiment.models = {{.name = "two layers", .hidden = {64, 32}, .batch_size = 32, .epochs = 3}};
  const PlanOptions options = {.precision = Precision::kFp32, .device_kind = device.device_kind};
  const auto groups = plan_groups(expand(experiment, data, options), data, options);

  SweepEvents events;
  events.on_run = [](const RunRecord& run, const Weights&) {
    for (std::size_t epoch = 0; epoch < run.history.size(); ++epoch) {
      std::printf("epoch %zu: validation loss %.4f\n", epoch, run.history[epoch].val_loss);
    }
    std::printf("test accuracy %.4f\n", run[Split::kTest].accuracy);
  };
  run_groups(groups, data, devices, {.events = events});
} catch (const Error& error) {
  std::fprintf(stderr, "%s\n", error.what());
  return static_cast<int>(error.code());
}
