// The start of a pass over a split.
#include "tests/kernels/kernel_test.h"

namespace gpu_sweep::test {
namespace {

struct BeginPassCase {
  int replicas, classes;
  bool begins_epoch, clear_confusion;

  std::string name() const {
    return text("R", replicas, "_K", classes, (begins_epoch ? "_epoch" : ""),
                (clear_confusion ? "_confusion" : ""));
  }
};

using BeginPassTest = KernelTest<BeginPassCase>;

TEST_P(BeginPassTest, ClearsCursorMetricsAndConfusion) {
  const BeginPassCase& c = GetParam();
  const std::vector<std::uint32_t> confusion(static_cast<std::size_t>(c.classes) * c.classes * c.replicas, 9);
  BeginPass op;
  op.replicas = c.replicas;
  op.classes = c.classes;
  op.begins_epoch = c.begins_epoch;
  op.clear_confusion = c.clear_confusion;
  op.state = arena.updated(std::vector<StepState>{{12, 3, 768, 0}});
  op.metrics = arena.updated(std::vector<Metrics>(c.replicas, Metrics{2.5, 6, 7}), c.replicas);
  op.confusion =
      c.clear_confusion ? arena.updated(confusion, c.replicas) : arena.input(confusion, c.replicas);
  arena.run({op});

  const StepState state = arena.get<StepState>(op.state)[0];
  EXPECT_EQ(state.step, 12u);
  EXPECT_EQ(state.epoch, c.begins_epoch ? 4u : 3u);
  EXPECT_EQ(state.cursor, 0u);
  for (const Metrics& metrics : arena.get<Metrics>(op.metrics)) {
    expect_plus_zero(metrics.loss_sum);
    EXPECT_EQ(metrics.correct, 0u);
    EXPECT_EQ(metrics.rows, 0u);
  }
  EXPECT_EQ(arena.get<std::uint32_t>(op.confusion),
            std::vector<std::uint32_t>(confusion.size(), c.clear_confusion ? 0 : 9));
}

std::vector<BeginPassCase> cases() {
  return for_backend<BeginPassCase>({{1, 10, true, false},
                                     {3, 10, false, true},
                                     {2, 33, false, true},
                                     {1, 256, true, true},
                                     {130, 2, false, false}});
}

INSTANTIATE_TEST_SUITE_P(Shapes, BeginPassTest, testing::ValuesIn(cases()), case_name<BeginPassCase>);

}  // namespace
}  // namespace gpu_sweep::test
