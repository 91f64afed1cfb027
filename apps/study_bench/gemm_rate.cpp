#include <algorithm>
#include <chrono>
#include <memory>

#include "apps/study_bench/rates.h"
#include "engine/lane/lane.h"
#include "engine/program/program.h"
#include "kernels/gemm/gemm.h"

namespace gpu_sweep::bench {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

/// A single product on every lane, ready to be timed.
class LoneProduct {
 public:
  LoneProduct(Gemm op, const Backend& backend, int lanes) {
    const auto elements = [](int a, int b) {
      return static_cast<std::uint64_t>(a) * static_cast<std::uint64_t>(b);
    };
    const std::uint64_t largest =
        4 * std::max({elements(op.batch, op.inputs), elements(op.inputs, op.outputs),
                      elements(op.batch, op.outputs)});
    const std::uint64_t room = (largest + 4095) / 4096 * 4096;
    op.a.offset = 0;
    op.b.offset = room;
    op.c.offset = 2 * room;
    const Program program{"product", 1, 256, 3 * room, {{"inputs", {Space::kGroup, 0, 0}, 2 * room}}, {op}};
    for (int i = 0; i < lanes; ++i) {
      Site& site = sites_.emplace_back();
      site.lane = backend.make_lane(0, {});
      site.dataset = site.lane->allocate(256);
      site.arena = site.lane->allocate(3 * room);
      site.program = site.lane->compile(program, site.dataset, site.arena, 1);
    }
  }

  /// Returns the seconds per product while all lanes are busy. This is the median of five blocks of about 20
  /// ms each.
  double seconds() {
    run(3);
    const auto start = Clock::now();
    run(3);
    const int times = std::max(3, static_cast<int>(0.02 / (seconds_since(start) / 3)));
    std::vector<double> blocks;
    for (int i = 0; i < 5; ++i) {
      const auto block = Clock::now();
      run(times);
      blocks.push_back(seconds_since(block) / times);
    }
    std::nth_element(blocks.begin(), blocks.begin() + 2, blocks.end());
    return blocks[2];
  }

 private:
  struct Site {
    std::unique_ptr<Lane> lane;
    Buffer dataset, arena;
    CompiledProgram program;
  };

  void run(int times) {
    for (Site& site : sites_) site.lane->run(site.program, times);
    for (Site& site : sites_) site.lane->wait();
  }

  std::vector<Site> sites_;
};

}  // namespace

double gemm_seconds_per_epoch(const MlpSpec& shape, const SplitRows& rows, const Backend& backend,
                              int lanes) {
  const bool bf16 = shape.precision == Precision::kBf16;
  const int evaluation_batch = backend.make_lane(0, {})->traits().evaluation_batch;
  const auto times = [](std::int64_t rows_of_splits, int batch) {
    return static_cast<double>((rows_of_splits + batch - 1) / batch);
  };
  double seconds = 0;
  const auto add = [&](Product product, int layer, int batch, double how_often) {
    const int hidden = static_cast<int>(shape.hidden.size());
    Gemm op;
    op.product = product;
    op.batch = batch;
    op.inputs = layer == 0 ? shape.features : shape.hidden[static_cast<std::size_t>(layer - 1)];
    op.outputs = layer == hidden ? shape.classes : shape.hidden[static_cast<std::size_t>(layer)];
    op.input_type = bf16 ? DType::kBf16 : DType::kF32;
    op.output_type =
        bf16 && product != Product::kWeightGradient && layer != hidden ? DType::kBf16 : DType::kF32;
    seconds += how_often * LoneProduct(op, backend, lanes).seconds();
  };
  const double steps = times(rows[0], shape.batch);
  for (int layer = 0; layer <= static_cast<int>(shape.hidden.size()); ++layer) {
    add(Product::kForward, layer, shape.batch, steps);
    add(Product::kWeightGradient, layer, shape.batch, steps);
    if (layer > 0) add(Product::kInputGradient, layer, shape.batch, steps);
    add(Product::kForward, layer, evaluation_batch, times(rows[1], evaluation_batch));
  }
  return seconds;
}

}  // namespace gpu_sweep::bench
