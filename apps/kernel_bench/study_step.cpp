#include "apps/kernel_bench/study_step.h"

#include <random>

#include "engine/program/builders.h"
#include "engine/train/initial_state.h"

namespace gpu_sweep {
namespace {

constexpr int kBatch = 256;

/// Fashion-MNIST's sizes.
DatasetLayout study_dataset() {
  DatasetLayout layout;
  layout.features = 784;
  layout.classes = 10;
  const int rows[] = {50000, 10000, 10000};
  for (std::size_t s = 0; s < 3; ++s) {
    layout.sets[s].rows = rows[s];
    layout.sets[s].pixels = {Space::kDataset, layout.bytes, 0};
    layout.bytes += static_cast<std::uint64_t>(rows[s]) * 784;
    layout.sets[s].labels = {Space::kDataset, layout.bytes, 0};
    layout.bytes += static_cast<std::uint64_t>(rows[s] + 255) / 256 * 256;
  }
  return layout;
}

GroupSpec study_group(int hidden_layers, Precision precision, int replicas) {
  const std::vector<int> widths = {256, 128, 64, 32, 16};
  ModelSpec model;
  model.hidden.assign(widths.begin(), widths.begin() + hidden_layers);
  GroupSpec group{mlp_spec(model, 784, 10, precision), model.epochs, true, replicas, {}};
  for (int r = 0; r < replicas; ++r) group.runs.push_back({model, static_cast<std::uint64_t>(r), ""});
  return group;
}

std::vector<std::byte> random_dataset(const DatasetLayout& layout) {
  std::mt19937 random(1);
  std::vector<std::byte> bytes(layout.bytes);
  for (std::byte& byte : bytes) byte = static_cast<std::byte>(random() & (random() % 2 ? 255u : 0u));
  for (const SetLayout& set : layout.sets) {
    for (int i = 0; i < set.rows; ++i)
      bytes[set.labels.offset + static_cast<std::size_t>(i)] = std::byte(random() % 10);
  }
  return bytes;
}

}  // namespace

StudyStep::StudyStep(const DeviceChoice& choice, int hidden_layers, Precision precision, int replicas)
    : lane_(choice.backend.make_lane(choice.indices.front(), {})) {
  const GroupSpec group = study_group(hidden_layers, precision, replicas);
  layout_ = group_layout(group.shape, study_dataset(), replicas, lane_->traits().evaluation_batch, true,
                         lane_->shuffle_scratch_bytes(replicas, 50000));
  train_step_ = build_train_step(layout_);
  evaluation_step_ = build_evaluation_step(layout_, Set::kValidation, true);
  dataset_ = lane_->allocate(layout_.dataset.bytes);
  arena_ = lane_->allocate(layout_.arena_bytes);
  lane_->upload(dataset_, 0, random_dataset(layout_.dataset));
  upload_initial_state(*lane_, arena_, layout_, group, {});
  restart();
  const CompiledProgram step = compile(train_step_);
  lane_->run(step, 3);
  const CompiledProgram evaluate = compile(evaluation_step_);
  lane_->run(evaluate, 1);
  lane_->wait();
}

void StudyStep::restart() {
  const CompiledProgram epoch = compile(build_begin_epoch(layout_));
  const CompiledProgram evaluation = compile(build_begin_evaluation(layout_, true));
  lane_->run(epoch, 1);
  lane_->run(evaluation, 1);
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
