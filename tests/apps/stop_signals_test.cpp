#include "apps/gpu_sweep/stop_signals.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <chrono>

namespace gpu_sweep {
namespace {

TEST(StopSignals, TheFirstRequestsAStop) {
  const StopSignals signals;
  EXPECT_EQ(signals.signal(), 0);
  EXPECT_FALSE(signals.token().stop_requested());
  kill(getpid(), SIGTERM);
  for (int i = 0; i < 1000 && !signals.token().stop_requested(); ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  EXPECT_TRUE(signals.token().stop_requested());
  EXPECT_EQ(signals.signal(), SIGTERM);
}

TEST(StopSignals, TheMaskIsPutBack) {
  sigset_t before;
  sigset_t after;
  pthread_sigmask(SIG_SETMASK, nullptr, &before);
  { const StopSignals signals; }
  pthread_sigmask(SIG_SETMASK, nullptr, &after);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
    EXPECT_EQ(sigismember(&before, signal), sigismember(&after, signal));
  }
}

TEST(StopSignalsDeathTest, TheSecondKills) {
  testing::FLAGS_gtest_death_test_style = "threadsafe";
  const auto wait_forever = [] {
    std::signal(SIGINT, SIG_DFL);  // in the background of a shell it is ignored
    const StopSignals signals;
    kill(getpid(), SIGINT);
    while (!signals.token().stop_requested()) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    kill(getpid(), SIGINT);
    std::this_thread::sleep_for(std::chrono::seconds(30));
  };
  EXPECT_EXIT(wait_forever(), testing::KilledBySignal(SIGINT), "");
}

TEST(StopSignalsDeathTest, DieOfEndsByTheSignalItself) {
  EXPECT_EXIT(die_of(SIGTERM), testing::KilledBySignal(SIGTERM), "");
}

}  // namespace
}  // namespace gpu_sweep
