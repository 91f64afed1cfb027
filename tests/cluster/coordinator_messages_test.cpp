// Invalid messages to a leader and to a training rank.
#include <gmock/gmock.h>

#include "engine/cluster/snapshot_message.h"
#include "tests/cluster/coordinator_fixture.h"

namespace gpu_sweep::test {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

TEST_F(Coordinator, MessagesThatMakeNoSenseAreFaults) {
  const RunRow known = to_row(sample_run(groups[0].runs[0].model, 0));
  RunRow unknown = known;
  unknown.key = "unknown";
  unknown.sha256 = checksum(unknown);
  groups[0].runs[1].key = std::string(64, 'a');
  const RunSpec stranger{groups[0].runs[1].model, 1, std::string(64, 'b')};
  const std::string not_given = "works on a group that it was not given";
  const std::vector<std::pair<std::vector<std::byte>, std::string>> senseless = {
      {{}, "a message is too short"},
      {std::vector<std::byte>(100), "a message of another version"},
      {encode(RunDone{unknown}), "sent a run that was not expected"},
      {encode(RunDone{known}), not_given},
      {encode(EpochDone{0, 1}), not_given},
      {encode(EpochDone{4'000'000'000, 1}), not_given},
      {encode(GroupOrder{0, 1, {"key"}}), "sent an order"},
      {encode(Dismissal{}), "sent a dismissal"},
      {encode(Stop{}), "stopped, but was not at work"},
      {encode(SnapshotPart{}), "a snapshot: "},
      {encode(pack(snapshot_of(groups[0].runs[1], 1))[0]), not_given},
      {encode(pack(snapshot_of(stranger, 1))[0]), "sent a snapshot that was not expected"},
      {encode(Hello{}), "parse error"}};
  for (const auto& [message, text] : senseless) {
    const auto lead_one = [&, &sent = message] {  // GoogleTest calls it again to describe a failure
      Loopback fresh(2);
      fresh.communicator(1).send(0, sent);
      fresh.communicator(1).send(0, encode(Failure{1, "was believed"}));  // ends the job in any case
      coordinate(fresh.communicator(0), groups, stored, {}, {});
    };
    EXPECT_THAT(lead_one, ThrowsMessage<std::runtime_error>(AllOf(HasSubstr("rank 1"), HasSubstr(text))));
  }
}

TEST_F(Coordinator, ASenselessOrderEndsARankBeforeItsNextGroup) {
  Loopback fresh(2);
  const Communicator leader = fresh.communicator(0);
  for (std::uint32_t i = 0; i < 4; ++i) {
    GroupOrder order{i, 4, {}};
    for (const RunSpec& run : groups[i].runs) order.keys.push_back(run.key);
    leader.send(1, encode(order));
  }
  int begun = 0;
  Work does = work();
  does.train = [&](const GroupSource& next, const SweepEvents&, const std::stop_token& stop) {
    while (next(stop)) {
      if (++begun == 1) leader.send(1, std::vector<std::byte>(100));
      while (!stop.stop_requested()) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
  };
  EXPECT_THROW(serve(fresh.communicator(1), hello(stored.provenance), does, {}), std::invalid_argument);
  EXPECT_EQ(begun, 1);
}

}  // namespace
}  // namespace gpu_sweep::test
