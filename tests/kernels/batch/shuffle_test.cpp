// The order of rows in an epoch, compared exactly.
#include "reference/shuffle.h"

#include <gmock/gmock.h>

#include "tests/kernels/kernel_test.h"

namespace gpu_sweep::test {
namespace {

struct ShuffleCase {
  int replicas, rows;
  std::uint32_t epoch = 1;
  std::uint64_t seed = 5;

  std::string name() const { return text("R", replicas, "_N", rows, "_epoch", epoch, "_seed", seed); }
};

using ShuffleTest = KernelTest<ShuffleCase>;

TEST_P(ShuffleTest, SortsIndicesByTheirRandomWord) {
  const ShuffleCase& c = GetParam();
  std::vector<ReplicaState> states(c.replicas);
  std::vector<std::uint32_t> expected;
  for (int r = 0; r < c.replicas; ++r) {
    states[r].dropout_seed = 1;  // not used by this operation
    states[r].order_seed =
        c.seed + (r == 2 ? 0 : r * 0x8000'0000ull);  // replica 2 shares the seed of replica 0
    const auto order = reference::shuffled_order(states[r].order_seed, c.epoch, c.rows);
    expected.insert(expected.end(), order.begin(), order.end());
  }

  Shuffle op;
  op.replicas = c.replicas;
  op.rows = c.rows;
  op.scratch_bytes = backend::shuffle_scratch_bytes(c.replicas, c.rows);
  op.replica_state = arena.input(states, c.replicas);
  op.state = arena.input(std::vector<StepState>{{77, c.epoch, 0, 0}});
  op.order = arena.output<std::uint32_t>(c.rows, c.replicas);
  op.scratch = arena.scratch(op.scratch_bytes);
  arena.run({op});

  EXPECT_EQ(arena.get<std::uint32_t>(op.order), expected);
}

TEST_P(ShuffleTest, RefusesAScratchThatIsTooSmall) {
  const ShuffleCase& c = GetParam();
  Shuffle op;
  op.replicas = c.replicas;
  op.rows = c.rows;
  op.scratch_bytes = backend::shuffle_scratch_bytes(c.replicas, c.rows) - 1;
  op.replica_state = arena.input(std::vector<ReplicaState>(c.replicas), c.replicas);
  op.state = arena.input(std::vector<StepState>{{77, c.epoch, 0, 0}});
  op.order = arena.output<std::uint32_t>(c.rows, c.replicas);
  op.scratch = arena.scratch(op.scratch_bytes);
  const std::string numbers =
      text("shuffle: found ", op.scratch_bytes, " bytes of scratch, expected ", op.scratch_bytes + 1);
  EXPECT_THAT([&] { arena.run({op}); }, testing::ThrowsMessage<std::exception>(testing::HasSubstr(numbers)));
}

/// A case in which two indices have equal random words, so that the oracle's order puts them side by side.
constexpr ShuffleCase kTie = {2, 10'007, 25};
constexpr std::uint32_t kTied[] = {8597, 9884};

TEST(ShuffleCases, IncludeATie) {
  std::uint32_t words[2];
  for (int i = 0; i < 2; ++i) {
    words[i] = reference::random_word(kTie.seed, reference::kShuffle, 0, kTie.epoch, kTied[i]);
  }
  EXPECT_EQ(words[0], words[1]);
}

std::vector<ShuffleCase> cases() {
  return for_backend<ShuffleCase>({{1, 1},
                                   {2, 31, 2},
                                   {3, 33, 3},
                                   {1, 256, 50},
                                   {5, 80},
                                   {2, 1000, 1, 0xffff'ffff'ffffull},
                                   {1, 50'000, 7},
                                   {3, 10'007},
                                   kTie});
}

INSTANTIATE_TEST_SUITE_P(Shapes, ShuffleTest, testing::ValuesIn(cases()), case_name<ShuffleCase>);

}  // namespace
}  // namespace gpu_sweep::test
