// The contract that every lane fulfills, whatever its device.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>
#include <numeric>

#include "engine/lane/lane.h"
#include "engine/program/program.h"
#include "kernels/common/step_state.h"
#include "tests/support/error_of.h"
#include "tests/support/lane_test.h"

namespace gpu_sweep::test {
namespace {

class LaneContract : public LaneTest<const char*> {
 protected:
  LaneContract() : LaneTest(GetParam()) {}

  void SetUp() override {
    LaneTest::SetUp();
    if (IsSkipped()) return;
    lane_ = make_lane();
    dataset_ = lane_->allocate(1024);
    arena_ = lane_->allocate(4096);
  }

  template <class T>
  T fetch(std::size_t offset) {
    T value;
    lane_->download(arena_, offset, std::as_writable_bytes(std::span(&value, 1)));
    lane_->wait();
    return value;
  }

  /// Returns a program that computes cursor += 3 for the state at byte 256.
  Program advance_program() const {
    Program program{"advance", 1, 1024, 4096, {{"state", {Space::kGroup, 256, 0}, sizeof(StepState)}}, {}};
    Advance advance;
    advance.batch = 3;
    advance.optimizer_step = false;
    advance.state = {Space::kGroup, 256, 0};
    program.ops.push_back(advance);
    return program;
  }

  std::unique_ptr<Lane> lane_;  // declared before the buffers, so that it is destroyed after them
  Buffer dataset_;
  Buffer arena_;
};

TEST_P(LaneContract, BuffersAreAlignedAndZero) {
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(arena_.data()) % 256, 0u);
  EXPECT_EQ(fetch<std::uint64_t>(0), 0u);
  EXPECT_EQ(fetch<std::uint64_t>(4088), 0u);
}

TEST_P(LaneContract, UploadTakesACopyImmediately) {
  std::vector<int> values(100);
  std::iota(values.begin(), values.end(), 7);
  lane_->upload(arena_, 128, std::as_bytes(std::span(values)));
  std::fill(values.begin(), values.end(), 0);
  EXPECT_EQ(fetch<int>(128), 7);
  EXPECT_EQ(fetch<int>(128 + 4 * 99), 106);
}

TEST_P(LaneContract, ADownloadIsCompleteOnReturnAndWritesNothingLater) {
  const std::vector<int> values(100, 7);
  lane_->upload(arena_, 128, std::as_bytes(std::span(values)));
  std::vector<int> first(40, -1), second(60, -1);
  const Part parts[] = {{128 + 4 * 60, std::as_writable_bytes(std::span(first))},
                        {128, std::as_writable_bytes(std::span(second))}};
  lane_->download(arena_, parts);
  EXPECT_THAT(first, testing::Each(7));
  EXPECT_THAT(second, testing::Each(7));
  std::fill(first.begin(), first.end(), 3);  // the caller may write to the destination again
  lane_->wait();
  EXPECT_THAT(first, testing::Each(3));
}

TEST_P(LaneContract, ABufferThatWasMovedFromIsEmpty) {
  Buffer first = lane_->allocate(512);
  Buffer second = std::move(first);
  EXPECT_EQ(first.data(), nullptr);  // NOLINT(bugprone-use-after-move): what a move leaves behind
  EXPECT_EQ(first.bytes(), 0u);
  EXPECT_EQ(second.bytes(), 512u);
  first = std::move(second);
  EXPECT_EQ(second.data(), nullptr);  // NOLINT(bugprone-use-after-move)
  EXPECT_EQ(second.bytes(), 0u);
  EXPECT_EQ(first.bytes(), 512u);
}

TEST_P(LaneContract, RunsInOrderTimesTimesRepeats) {
  const StepState start{0, 0, 100, 0};
  const CompiledProgram program = lane_->compile(advance_program(), dataset_, arena_, 2);
  lane_->upload(arena_, 256, std::as_bytes(std::span(&start, 1)));
  lane_->run(program, 5);
  EXPECT_EQ(fetch<StepState>(256).cursor, 100u + 2 * 5 * 3);
  lane_->run(program, 1);
  EXPECT_EQ(fetch<StepState>(256).cursor, 100u + 2 * 6 * 3);
}

TEST_P(LaneContract, ClearingFillsWithZerosInOrder) {
  const StepState start{1, 2, 3, 4};
  const CompiledProgram program = lane_->compile(advance_program(), dataset_, arena_, 1);
  lane_->upload(arena_, 256, std::as_bytes(std::span(&start, 1)));
  lane_->run(program, 2);
  lane_->clear(arena_);
  lane_->run(program, 1);
  EXPECT_EQ(fetch<StepState>(256).cursor, 3u);
  EXPECT_EQ(fetch<StepState>(256).reserved, 0u);
}

TEST_P(LaneContract, CopiesInOrder) {
  const StepState start{0, 0, 100, 0};
  const CompiledProgram program = lane_->compile(advance_program(), dataset_, arena_, 1);
  lane_->upload(arena_, 256, std::as_bytes(std::span(&start, 1)));
  lane_->run(program, 1);
  lane_->copy(arena_, 256, 2048, sizeof(StepState));
  lane_->run(program, 1);
  lane_->copy(arena_, 256, 2048 + sizeof(StepState), sizeof(StepState) / 2);
  lane_->clear(dataset_);  // clears another buffer, not the arena
  lane_->run(program, 1);
  EXPECT_EQ(fetch<StepState>(2048).cursor, 103u);
  EXPECT_EQ(fetch<StepState>(256).cursor, 109u);
  EXPECT_EQ(fetch<std::uint64_t>(2048 + sizeof(StepState)), fetch<std::uint64_t>(256));
  EXPECT_EQ(fetch<std::uint64_t>(2048 + sizeof(StepState) + sizeof(StepState) / 2), 0u);
}

TEST_P(LaneContract, RefusesProgramsThatTheCheckerRefuses) {
  Program program = advance_program();
  std::get<Advance>(program.ops[0]).state.offset = 4096;
  EXPECT_THROW(lane_->compile(program, dataset_, arena_, 1), std::logic_error);
}

TEST_P(LaneContract, AskingForTooMuchMemoryIsADeviceError) {
  EXPECT_THAT(error_of(ExitCode::kDevice, [this] { lane_->allocate(std::size_t{1} << 50); }),
              testing::HasSubstr("out of memory"));
}

TEST_P(LaneContract, TwoLanesShareADataSet) {
  const std::unique_ptr<Lane> other = make_lane();
  const Buffer arena = other->allocate(4096);
  const CompiledProgram program = other->compile(advance_program(), dataset_, arena, 1);
  other->clear(arena);
  other->run(program, 4);
  StepState state;
  other->download(arena, 256, std::as_writable_bytes(std::span(&state, 1)));
  other->wait();
  EXPECT_EQ(state.cursor, 12u);
}

INSTANTIATE_TEST_SUITE_P(Devices, LaneContract, testing::ValuesIn(kLaneKinds),
                         [](const auto& test) { return std::string(test.param); });

}  // namespace
}  // namespace gpu_sweep::test
