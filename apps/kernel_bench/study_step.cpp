#include "apps/kernel_bench/study_step.h"

#include <algorithm>
#include <random>

#include "engine/program/builders.h"
#include "engine/train/initial_state.h"

namespace gpu_sweep {
namespace {

constexpr int kClasses = 10;

DatasetLayout study_dataset(const StudySizes& sizes) {
  DatasetLayout layout;
  layout.features = sizes.pixels;
  layout.classes = kClasses;
  const int rows[] = {sizes.train_rows, sizes.evaluation_rows, sizes.evaluation_rows};
  for (std::size_t s = 0; s < 3; ++s) {
    layout.splits[s].rows = rows[s];
    layout.splits[s].pixels = {Space::kDataset, layout.bytes, 0};
    layout.bytes += (static_cast<std::uint64_t>(rows[s]) * static_cast<std::uint64_t>(sizes.pixels) *
                         size_of(layout.inputs.type) +
                     255) /
                    256 * 256;
    layout.splits[s].labels = {Space::kDataset, layout.bytes, 0};
    layout.bytes += static_cast<std::uint64_t>(rows[s] + 255) / 256 * 256;
  }
  return layout;
}

GroupSpec study_group(const StudySizes& sizes, int hidden_layers, Precision precision, int replicas) {
  ModelSpec model;
  model.hidden.assign(sizes.widths.begin(), sizes.widths.begin() + hidden_layers);
  model.batch_size = sizes.batch;
  GroupSpec group{mlp_spec(model, sizes.pixels, kClasses, precision), model.epochs, true, replicas, {}};
  for (int r = 0; r < replicas; ++r) group.runs.push_back({model, static_cast<std::uint64_t>(r), ""});
  return group;
}

std::vector<std::byte> random_dataset(const DatasetLayout& layout) {
  std::mt19937 random(1);
  std::vector<std::byte> bytes(layout.bytes);
  for (std::byte& byte : bytes) byte = static_cast<std::byte>(random() & (random() % 2 ? 255u : 0u));
  for (const SplitLayout& split : layout.splits) {
    for (int i = 0; i < split.rows; ++i)
      bytes[split.labels.offset + static_cast<std::size_t>(i)] = std::byte(random() % 10);
  }
  return bytes;
}

}  // namespace

StudySizes study_sizes(const std::string& device_kind) {
  if (device_kind == "simt") return {36, 16, 96, 16, {16, 8, 8, 8, 8}};
  return {784, 256, 50000, 10000, {256, 128, 64, 32, 16}};
}

StudyStep::StudyStep(const DeviceChoice& choice, int hidden_layers, Precision precision, int replicas,
                     const LaneOptions& options)
    : lane_(choice.backend.make_lane(choice.indices.front(), options)) {
  const DeviceInfo& device = choice.backend.devices[static_cast<std::size_t>(choice.indices.front())];
  const StudySizes sizes = study_sizes(device.device_kind);
  const GroupSpec group = study_group(sizes, hidden_layers, precision, replicas);
  const int evaluation_batch = std::min(lane_->traits().evaluation_batch, sizes.evaluation_rows);
  layout_ = group_layout(group.shape, study_dataset(sizes), replicas, evaluation_batch, true,
                         lane_->shuffle_scratch_bytes(replicas, sizes.train_rows));
  train_step_ = build_train_step(layout_);
  evaluation_step_ = build_evaluation_step(layout_, Split::kValidation, true);
  dataset_ = lane_->allocate(layout_.dataset.bytes);
  arena_ = lane_->allocate(layout_.arena_bytes);
  lane_->upload(dataset_, 0, random_dataset(layout_.dataset));
  begin_epoch_ = compile(build_begin_epoch(layout_));
  begin_evaluation_ = compile(build_begin_evaluation(layout_, true));
  const CompiledProgram step = compile(train_step_);
  const CompiledProgram evaluate = compile(evaluation_step_);
  upload_initial_state(*lane_, arena_, layout_, group, {});
  restart();
  lane_->run(step, 3);
  lane_->run(evaluate, 1);
  lane_->wait();
}

int StudyStep::steps_per_epoch() const { return layout_.dataset[Split::kTrain].rows / layout_.spec.batch; }

void StudyStep::restart() {
  lane_->run(begin_epoch_, 1);
  lane_->run(begin_evaluation_, 1);
  lane_->wait();
}

CompiledProgram StudyStep::compile_alone(const Op& op, int repeats) {
  Program program = train_step_;
  program.name = name(op);
  program.residents.push_back({"arena", {Space::kGroup, 0, 0}, layout_.arena_bytes});
  program.ops = {op};
  return compile(program, repeats);
}

}  // namespace gpu_sweep
