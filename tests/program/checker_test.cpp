#include "engine/program/checker.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/program/builders.h"
#include "tests/support/small_group.h"

namespace gpu_sweep {
namespace {

using testing::HasSubstr;

/// A correct training step of two replicas, which tests make wrong.
class Checker : public testing::Test {
 protected:
  Checker() {
    const MlpSpec spec{36, {8, 16}, 4, Activation::kRelu, OptimizerKind::kAdam, 16, Precision::kFp32};
    layout_ = group_layout(spec, test::layout_of_sizes(36, 4, 100, 20, 20), 2, 10, true, 4096);
    program_ = build_train_step(layout_);
  }

  template <class Record>
  Record& first() {
    for (Op& op : program_.ops) {
      if (auto* record = std::get_if<Record>(&op)) return *record;
    }
    throw std::runtime_error("no such operation");
  }

  std::string complaint() const {
    try {
      check(program_);
    } catch (const std::logic_error& error) {
      return error.what();
    }
    return "no complaint";
  }

  GroupLayout layout_;
  Program program_;
};

TEST_F(Checker, AcceptsTheStepItself) { EXPECT_EQ(complaint(), "no complaint"); }

TEST_F(Checker, RejectsATensorBeyondTheArena) {
  first<Update>().moments[1].offset = program_.arena_bytes - 256;
  EXPECT_THAT(complaint(),
              testing::AllOf(HasSubstr("train_step"), HasSubstr("adam"), HasSubstr("v ends at byte")));
}

TEST_F(Checker, RejectsAReplicaBeyondTheArena) {
  first<Update>().moments[1].replica_stride = program_.arena_bytes;
  EXPECT_THAT(complaint(), HasSubstr("v ends at byte"));
}

TEST_F(Checker, RejectsOffsetsThatOverflow) {
  first<Gemm>().a.replica_stride = ~std::uint64_t{0} - 15;
  EXPECT_THAT(complaint(), HasSubstr("a ends at byte"));
}

TEST_F(Checker, RejectsMisalignment) {
  first<Gemm>().a.offset += 4;
  EXPECT_THAT(complaint(), HasSubstr("not aligned"));
}

TEST_F(Checker, RejectsAWriteToTheDataSet) {
  first<GatherBatch>().y.space = Space::kDataset;
  first<GatherBatch>().y.offset = 0;
  EXPECT_THAT(complaint(), HasSubstr("read-only"));
}

TEST_F(Checker, RejectsReplicasThatShareAnOutput) {
  first<GatherBatch>().x.replica_stride = 0;
  EXPECT_THAT(complaint(), HasSubstr("replicas overlap"));
}

TEST_F(Checker, RejectsAReadBeforeItsWrite) {
  program_.ops.erase(program_.ops.begin());  // removes the gather
  EXPECT_THAT(complaint(), HasSubstr("a of replica 0 is read before it is written"));
}

TEST_F(Checker, RejectsAWriteThatLeavesTheLastReplicaUnwritten) {
  program_.replicas = 1;
  first<GatherBatch>().replicas = 1;
  EXPECT_THAT(complaint(), HasSubstr("replicas differ"));
  program_.replicas = 2;
  EXPECT_THAT(complaint(), HasSubstr("replica 1 is read before it is written"));
}

TEST_F(Checker, RejectsAProductOntoItsOwnInput) {
  first<Gemm>().c = first<Gemm>().a;
  EXPECT_THAT(complaint(), HasSubstr("overlap"));
}

TEST_F(Checker, RejectsAPartialOverlapInPlace) {
  first<BiasActivationDropout>().a.offset += 64;
  EXPECT_THAT(complaint(), HasSubstr("overlap"));
}

TEST_F(Checker, RejectsSizesThatContradictEachOther) {
  first<BiasActivationDropout>().leading = first<BiasActivationDropout>().width - 1;
  EXPECT_THAT(complaint(), HasSubstr("leading is less than width"));
  program_ = build_train_step(layout_);
  first<BiasActivationDropout>().batch = 1 << 27;
  first<BiasActivationDropout>().width = first<BiasActivationDropout>().leading = 16;
  EXPECT_THAT(complaint(), HasSubstr("batch x width"));
  program_ = build_train_step(layout_);
  first<SoftmaxCrossEntropy>().classes = 257;
  EXPECT_THAT(complaint(), HasSubstr("2..256"));
}

}  // namespace
}  // namespace gpu_sweep
