// A lane with deliberate faults, which is used to test that the self-test fails on it.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "engine/lane/lane.h"
#include "engine/program/program.h"

namespace gpu_sweep::test {

/// Replaces one operation of a CPU lane; `honestly` runs the original.
using Perform =
    std::function<void(const Op& op, const Memory& memory, const std::function<void()>& honestly)>;

/// The faults of a lane. A function that is empty changes nothing. With `perform`, `afterwards` and `nodes`
/// are not called.
struct Lie {
  std::function<void(Program&)> alter;  ///< applied to every program before it is compiled
  /// Called after every run. It may write to the group's arena.
  std::function<void(Lane&, const Program&, const Buffer& arena)> afterwards;
  std::function<int(int nodes)> nodes;  ///< changes the number of nodes of a compiled program
  Perform perform;                      ///< called for every operation, one by one
};

class LyingLane : public Lane {
 public:
  LyingLane(std::unique_ptr<Lane> honest, Lie lie) : honest_(std::move(honest)), lie_(std::move(lie)) {}

  LaneTraits traits() const override { return honest_->traits(); }
  std::uint64_t shuffle_scratch_bytes(int replicas, int rows) const override {
    return honest_->shuffle_scratch_bytes(replicas, rows);
  }
  Buffer allocate(std::size_t bytes) override { return honest_->allocate(bytes); }
  std::uint64_t free_bytes() override { return honest_->free_bytes(); }
  void clear(const Buffer& buffer) override { honest_->clear(buffer); }
  void upload(const Buffer& to, std::size_t offset, std::span<const std::byte> from) override {
    honest_->upload(to, offset, from);
  }
  void copy(const Buffer& buffer, std::size_t from, std::size_t to, std::size_t bytes) override {
    honest_->copy(buffer, from, to, bytes);
  }
  void download(const Buffer& from, std::span<const Part> parts) override { honest_->download(from, parts); }

  CompiledProgram compile(const Program& program, const Buffer& dataset, const Buffer& arena,
                          int repeats) override {
    Program altered = program;
    if (lie_.alter) lie_.alter(altered);
    if (lie_.perform) return CompiledProgram(one_by_one(altered, dataset, arena, repeats));
    auto held = std::make_unique<Compiled>();
    held->compiled = honest_->compile(altered, dataset, arena, repeats);
    held->program = program;
    held->arena = &arena;
    ReplayedNodes nodes = held->compiled.nodes();
    if (lie_.nodes) nodes.count = lie_.nodes(nodes.count);
    return CompiledProgram(std::move(held), nodes);
  }

  void run(const CompiledProgram& program, int times) override {
    const auto* held = static_cast<const Compiled*>(program.get());
    if (lie_.perform) {
      honest_->wait();
      for (int i = 0; i < times; ++i) held->act();
      return;
    }
    honest_->run(held->compiled, times);
    if (lie_.afterwards) lie_.afterwards(*honest_, held->program, *held->arena);
  }

  void wait() override { honest_->wait(); }

 private:
  struct Compiled : CompiledProgram::Holder {
    CompiledProgram compiled;
    Program program;
    const Buffer* arena = nullptr;
    std::function<void()> act;  // set if operations are performed one by one
  };

  /// Compiles each operation only when it is first run honestly, because a lie may replace an operation that
  /// the CPU does not support.
  std::unique_ptr<Compiled> one_by_one(const Program& program, const Buffer& dataset, const Buffer& arena,
                                       int repeats) {
    const auto compiled = std::make_shared<std::vector<std::optional<CompiledProgram>>>(program.ops.size());
    auto held = std::make_unique<Compiled>();
    held->act = [this, program, compiled, &dataset, &arena, repeats] {
      const Memory memory = {dataset.data(), arena.data()};
      for (int i = 0; i < repeats; ++i) {
        for (std::size_t o = 0; o < program.ops.size(); ++o) {
          lie_.perform(program.ops[o], memory, [&] {
            std::optional<CompiledProgram>& one = (*compiled)[o];
            if (!one) one = honest_->compile(alone(program, o), dataset, arena, 1);
            honest_->run(*one, 1);
            honest_->wait();
          });
        }
      }
    };
    return held;
  }

  static Program alone(const Program& program, std::size_t op) {
    Program one = program;
    one.ops = {program.ops[op]};
    one.residents.push_back({"arena", {Space::kGroup, 0, 0}, program.arena_bytes});
    return one;
  }

  std::unique_ptr<Lane> honest_;
  Lie lie_;
};

/// Returns a Lie::alter that calls `change` for every operation of type Record.
template <class Record, class Change>
std::function<void(Program&)> altering(Change change) {
  return [change](Program& program) {
    for (Op& op : program.ops) {
      if (Record* record = std::get_if<Record>(&op)) change(*record);
    }
  };
}

}  // namespace gpu_sweep::test
