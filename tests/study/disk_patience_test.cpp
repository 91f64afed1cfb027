#include "engine/study/disk_patience.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>
#include <vector>

#include "gpu_sweep/error.h"

namespace gpu_sweep::test {
namespace {

using std::chrono::seconds;
using std::chrono::steady_clock;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class Patience : public ::testing::Test {
 protected:
  /// Returns a function that throws OutOfSpace on its first `times` calls.
  std::function<void()> full(int times) {
    return [this, times] {
      if (++calls < times + 1) throw OutOfSpace("cannot write f: No space left on device");
    };
  }

  int calls = 0;
  std::vector<std::string> said;
  std::function<void(const std::string&)> say = [this](const std::string& line) { said.push_back(line); };
};

TEST_F(Patience, OfZeroDoesNotWait) {
  EXPECT_THROW(DiskPatience(seconds(0), {}, say).write(full(1)), OutOfSpace);
  EXPECT_EQ(calls, 1);
  EXPECT_TRUE(said.empty());
}

TEST_F(Patience, TriesAgainUntilThereIsRoomAndSaysSoOnce) {
  DiskPatience(seconds(60), {}, say).write(full(2));
  EXPECT_EQ(calls, 3);
  EXPECT_THAT(said, ElementsAre("cannot write f: No space left on device: waiting for space, at most 60 s",
                                "there is space on the disk again"));
}

TEST_F(Patience, Ends) {
  const auto start = steady_clock::now();
  EXPECT_THROW(DiskPatience(seconds(1), {}, say).write(full(1000)), OutOfSpace);
  EXPECT_GE(steady_clock::now() - start, seconds(1));
  EXPECT_GE(calls, 2);
}

TEST_F(Patience, EndsWithinASecondOfAStop) {
  std::stop_source stop;
  steady_clock::time_point stopped;
  std::jthread stopper([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(300));
    stopped = steady_clock::now();
    stop.request_stop();
  });
  EXPECT_THROW(DiskPatience(seconds(3600), stop.get_token(), say).write(full(1000)), OutOfSpace);
  EXPECT_LT(steady_clock::now() - stopped, seconds(1));
}

TEST_F(Patience, IsOnlyForFullDisks) {
  const auto broken = [this] {
    ++calls;
    throw Error(ExitCode::kOutput, "cannot write f: Input/output error");
  };
  EXPECT_THROW(DiskPatience(seconds(60), {}, say).write(broken), Error);
  EXPECT_EQ(calls, 1);
}

}  // namespace
}  // namespace gpu_sweep::test
