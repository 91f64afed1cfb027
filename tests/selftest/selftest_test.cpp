// The self-test passes on honest lanes. On a lane that lies, that is, simulates a fault (lying_lane.h), the
// check for this fault must fail.
#include "engine/selftest/selftest.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>

#include "engine/lane/cpu/lane.h"
#include "tests/selftest/lying_lane.h"

namespace gpu_sweep::test {
namespace {

std::vector<std::string> failures(const SelftestSubject& subject) {
  std::vector<std::string> failed;
  run_selftest(subject, [&](const SelftestResult& result) {
    if (!result.passed) failed.push_back(result.check);
  });
  return failed;
}

/// Makes the lie of a lane from the options of the lane and from the counter of live lanes.
using MakeLie =
    std::function<Lie(const LaneOptions& options, const std::shared_ptr<std::atomic<int>>& alive)>;

/// Returns the subject of a self-test with little work. Its device is a CPU that lies.
SelftestSubject liar(const MakeLie& make_lie) {
  SelftestSubject subject;
  subject.precisions = {Precision::kFp32};
  subject.scale = kStandInScale;
  const auto alive = std::make_shared<std::atomic<int>>(0);
  subject.make_lane = [make_lie, alive](const LaneOptions& options) -> std::unique_ptr<Lane> {
    return std::make_unique<LyingLane>(make_cpu_lane(options), make_lie(options, alive));
  };
  return subject;
}

MakeLie always(const std::function<void(Program&)>& alter) {
  return [alter](const LaneOptions&, const auto&) { return Lie{alter, {}, {}, {}}; };
}

struct Case {
  const char* name;
  const char* check;  ///< the check that must fail
  MakeLie lie;
};
void PrintTo(const Case& c, std::ostream* out) { *out << c.name; }

/// Overwrites the first weight of the last replica.
void spoil_last_replica(Lane& lane, const Program& program, const Buffer& arena) {
  for (const Op& op : program.ops) {
    const auto* update = std::get_if<Update>(&op);
    if (update == nullptr) continue;
    const Tensor* weights = &update->weights;
    const float wrong = 0.25F;
    const auto last = static_cast<std::uint64_t>(program.replicas - 1);
    lane.upload(arena, weights->offset + last * weights->replica_stride, std::as_bytes(std::span(&wrong, 1)));
  }
}

void spoil_last_byte(Lane& lane, const Program& program, const Buffer& arena) {
  const std::byte wrong{0x5a};
  lane.upload(arena, program.arena_bytes - 1, {&wrong, 1});
}

const Case kCases[] = {
    {"scaled_product", "products fp32", always(altering<Gemm>([](Gemm& op) { op.alpha *= 1.001F; }))},
    {"product_of_one_replica_for_all", "products fp32",
     always(altering<Gemm>([](Gemm& op) { op.a.replica_stride = 0; }))},
    {"other_activation", "operations fp32",
     always(altering<BiasActivationDropout>([](BiasActivationDropout& op) {
       op.activation = op.activation == Activation::kTanh ? Activation::kSigmoid : Activation::kTanh;
     }))},
    {"mask_of_another_layer_backward", "operations fp32",
     always(altering<ActivationBackward>([](ActivationBackward& op) { ++op.layer; }))},
    {"swapped_optimizer_state", "operations fp32", always(altering<Update>([](Update& op) {
       if (op.optimizer == OptimizerKind::kSgd) std::swap(op.weights, op.moments[0]);
     }))},
    {"writes_where_it_must_not", "operations fp32",
     [](const LaneOptions&, const auto&) {
       return Lie{{}, spoil_last_byte, {}, {}};
     }},
    {"rows_in_file_order", "order of the rows", always([](Program& program) {
       std::erase_if(program.ops, [](const Op& op) { return std::holds_alternative<Shuffle>(op); });
     })},
    {"mask_of_another_layer", "dropout masks",
     always(altering<BiasActivationDropout>([](BiasActivationDropout& op) { op.layer += 1; }))},
    {"graph_other_than_eager", "replay fp32",
     [](const LaneOptions& options, const auto&) {
       if (options.eager) return Lie{};
       return Lie{altering<Gemm>([](Gemm& op) { op.alpha *= 1 + 1e-6F; }), {}, {}, {}};
     }},
    {"last_replica_differs", "places fp32",
     [](const LaneOptions&, const auto&) {
       return Lie{{}, spoil_last_replica, {}, {}};
     }},
    {"two_lanes_disturb_each_other", "lanes fp32",
     [](const LaneOptions&, const auto& alive) {
       // When a lane is destroyed, its lie is destroyed with it, and this decreases the counter.
       ++*alive;
       const auto token = std::shared_ptr<void>(nullptr, [alive](void*) { --*alive; });
       const auto disturb = altering<Gemm>([](Gemm& op) { op.alpha *= 1.001F; });
       return Lie{[alive, token, disturb](Program& program) {
                    if (*alive > 1) disturb(program);
                  },
                  {},
                  {},
                  {}};
     }},
    {"forgets_the_dropout_scale_in_training", "training fp32",
     always(altering<BiasActivationDropout>([](BiasActivationDropout& op) { op.training = false; }))},
    {"graph_with_nodes_missing", "graph nodes",
     [](const LaneOptions&, const auto&) {
       return Lie{{}, {}, [](int) { return 3; }, {}};
     }},
    {"graph_with_nodes_too_many", "graph nodes",
     [](const LaneOptions&, const auto&) {
       return Lie{{}, {}, [](int) { return 200; }, {}};
     }},
};

class LyingLaneTest : public testing::TestWithParam<Case> {};

TEST_P(LyingLaneTest, IsCaught) {
  EXPECT_THAT(failures(liar(GetParam().lie)), testing::Contains(GetParam().check));
}

INSTANTIATE_TEST_SUITE_P(Selftest, LyingLaneTest, testing::ValuesIn(kCases),
                         [](const auto& test) { return std::string(test.param.name); });

TEST(Selftest, PassesOnAnHonestLaneBehindTheSameWrapper) {
  EXPECT_THAT(failures(liar(always({}))), testing::IsEmpty());
}

TEST(Selftest, AThrowingCheckFailsAndTheOthersStillRun) {
  SelftestSubject subject = liar(always(altering<Shuffle>([](Shuffle&) { throw std::runtime_error("x"); })));
  int checks = 0;
  std::vector<SelftestResult> thrown;
  run_selftest(subject, [&](const SelftestResult& result) {
    ++checks;
    if (result.check == "order of the rows") thrown.push_back(result);
  });
  ASSERT_EQ(thrown.size(), 1u);
  EXPECT_FALSE(thrown[0].passed);
  EXPECT_EQ(thrown[0].finding, "x");
  EXPECT_EQ(checks, 11);
}

}  // namespace
}  // namespace gpu_sweep::test
