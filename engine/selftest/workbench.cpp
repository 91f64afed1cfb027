#include "engine/selftest/workbench.h"

#include <chrono>

#include "engine/train/initial_state.h"

namespace gpu_sweep {

Workbench::Workbench(Lane& lane, const Dataset& dataset, const GroupSpec& group, int evaluation_batch)
    : lane_(lane),
      dataset_layout_(dataset_layout(dataset)),
      layout_(group_layout(group.shape, dataset_layout_, group.replicas, evaluation_batch, group.shuffle,
                           lane.shuffle_scratch_bytes(group.replicas, dataset[Split::kTrain].rows))),
      dataset_bytes_(pack(dataset, dataset_layout_)),
      dataset_(lane.allocate(dataset_layout_.bytes)),
      arena_(lane.allocate(layout_.arena_bytes)) {
  lane_.upload(dataset_, 0, dataset_bytes_);
  upload_initial_state(lane_, arena_, layout_, group, {});
}

CompiledProgram Workbench::compile(const Program& program) {
  const std::vector<std::byte> before = arena();
  CompiledProgram compiled = lane_.compile(program, dataset_, arena_, 1);
  lane_.upload(arena_, 0, before);  // restores the arena: compile may have run the program once
  lane_.wait();                     // so that no work is pending when the workbench is destroyed
  return compiled;
}

void Workbench::run(const Program& program) {
  const CompiledProgram compiled = compile(program);
  lane_.run(compiled, 1);
  lane_.wait();
}

void Workbench::run_alone(const Program& program, const Op& op) {
  Program alone = program;
  alone.ops = {op};
  alone.residents.push_back({"arena", {Space::kGroup, 0, 0}, layout_.arena_bytes});
  run(alone);
}

void Workbench::train(int count) {
  run(build_begin_epoch(layout_));
  const CompiledProgram step = compile(build_train_step(layout_));
  lane_.run(step, count);
  lane_.wait();
}

double Workbench::seconds_per_step(const Program& step, int count) {
  run(build_begin_epoch(layout_));
  Program same_batch = step;
  same_batch.ops.pop_back();  // removes advance, so that every step uses the same full batch
  const CompiledProgram compiled = compile(same_batch);
  lane_.run(compiled, 1);
  lane_.wait();
  const auto start = std::chrono::steady_clock::now();
  lane_.run(compiled, count);
  lane_.wait();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count() / count;
}

std::vector<std::byte> Workbench::arena() {
  std::vector<std::byte> bytes(layout_.arena_bytes);
  download(0, bytes);
  return bytes;
}

void Workbench::download(std::uint64_t offset, std::span<std::byte> to) {
  lane_.download(arena_, offset, to);
}

}  // namespace gpu_sweep
