#include "engine/cluster/message.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "tests/support/expect_same_run.h"
#include "tests/support/sample_runs.h"

namespace gpu_sweep {
namespace {

RunRecord sample() {
  const Experiment experiment = test::sample_experiment();
  RunRecord run = test::sample_run(experiment.models[1], 2);
  run.final[1].loss = std::numeric_limits<double>::quiet_NaN();
  run.final[2].accuracy = -0.0;
  run.diverged_epoch = 2;
  test::add_objective(run);
  return run;
}

TEST(Message, ARunArrivesBitForBit) {
  for (const RunRecord& run : {sample(), RunRecord{}}) {
    const Message message = decode(encode(RunDone{to_row(run)}));
    test::expect_same_bits(run, from_row(std::get<RunDone>(message).row));
  }
}

TEST(Message, EveryKindArrivesAsSent) {
  const auto hello = std::get<Hello>(decode(encode(Hello{"node 7", "{}", "{\"a\": 1}", 3})));
  EXPECT_EQ(hello.host, "node 7");
  EXPECT_EQ(hello.experiment, "{}");
  EXPECT_EQ(hello.provenance, "{\"a\": 1}");
  EXPECT_EQ(hello.groups, 3U);
  const auto order = std::get<GroupOrder>(decode(encode(GroupOrder{9, 50, {"one", "", "three"}, 7})));
  EXPECT_EQ(order.group, 9U);
  EXPECT_EQ(order.replicas, 50U);
  EXPECT_EQ(order.epochs_done, 7U);
  EXPECT_THAT(order.keys, ::testing::ElementsAre("one", "", "three"));
  const auto epoch = std::get<EpochDone>(decode(encode(EpochDone{4, 5})));
  EXPECT_EQ(epoch.group, 4U);
  EXPECT_EQ(epoch.epochs, 5U);
  const auto failure = std::get<Failure>(decode(encode(Failure{-3, "no luck"})));
  EXPECT_EQ(failure.code, -3);
  EXPECT_EQ(failure.text, "no luck");
  EXPECT_TRUE(std::holds_alternative<Dismissal>(decode(encode(Dismissal{}))));
  EXPECT_TRUE(std::holds_alternative<Stop>(decode(encode(Stop{}))));
  const auto part = std::get<SnapshotPart>(decode(encode(SnapshotPart{false, {std::byte{7}}})));
  EXPECT_FALSE(part.last);
  EXPECT_THAT(part.bytes, ::testing::ElementsAre(std::byte{7}));
}

TEST(Message, AnyChangedByteIsRefused) {
  const std::vector<std::byte> sent = encode(RunDone{to_row(sample())});
  for (std::size_t i = 0; i < sent.size(); ++i) {
    std::vector<std::byte> received = sent;
    received[i] ^= std::byte{0x10};
    EXPECT_THROW(decode(received), std::invalid_argument) << "byte " << i;
  }
}

TEST(Message, AnyOtherLengthIsRefused) {
  std::vector<std::byte> sent = encode(RunDone{to_row(sample())});
  for (std::size_t size = 0; size < sent.size(); ++size) {
    EXPECT_THROW(decode(std::span(sent).first(size)), std::invalid_argument) << size << " bytes";
  }
  sent.push_back(std::byte{0});
  EXPECT_THROW(decode(sent), std::invalid_argument);
}

TEST(Message, ARowWithAWrongChecksumIsRefused) {
  RunRow row = to_row(sample());
  row.final[0] ^= std::byte{1};  // corrupted before the message gets its own checksum
  EXPECT_THROW(decode(encode(RunDone{row})), std::invalid_argument);
}

TEST(Message, ImpossibleNumbersAreRefused) {
  EXPECT_THROW(decode(encode(Hello{"node", "{}", "{}", 0})), std::invalid_argument);
  EXPECT_THROW(decode(encode(GroupOrder{1, 4, {}, 0})), std::invalid_argument);
  EXPECT_THROW(decode(encode(GroupOrder{1, 1, {"one", "two"}, 0})), std::invalid_argument);
  EXPECT_THROW(decode(encode(GroupOrder{1, 0, {"one"}, 0})), std::invalid_argument);
}

TEST(Message, WhatIsTooLongIsNotSent) {
  EXPECT_THROW(encode(Failure{1, std::string(kMostMessageBytes, 'x')}), std::length_error);
}

}  // namespace
}  // namespace gpu_sweep
