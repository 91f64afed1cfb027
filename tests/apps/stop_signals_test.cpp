#include "apps/gpu_sweep/stop_signals.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <chrono>

namespace gpu_sweep {
namespace {

bool comes_to_a_stop(const StopSignals& signals) {
  for (int i = 0; i < 1000 && !signals.token().stop_requested(); ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  return signals.token().stop_requested();
}

/// Gives a signal its default action, as in a program that a shell starts in the foreground. The destructor
/// restores the previous action.
class AtDefault {
 public:
  explicit AtDefault(int signal) : signal_(signal), before_(std::signal(signal, SIG_DFL)) {}
  ~AtDefault() { std::signal(signal_, before_); }

 private:
  int signal_;
  sighandler_t before_;
};

TEST(StopSignals, TheFirstRequestsAStop) {
  for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGUSR1, SIGUSR2, SIGXCPU, SIGPIPE}) {
    const AtDefault at_default(signal);
    const StopSignals signals;
    EXPECT_FALSE(signals.stopped());
    EXPECT_FALSE(signals.token().stop_requested());
    kill(getpid(), signal);
    ASSERT_TRUE(comes_to_a_stop(signals)) << signal;
    EXPECT_EQ(signals.stopped()->signal, signal);
  }
}

TEST(StopSignals, AWriteToAClosedPipeRequestsAStop) {
  const AtDefault at_default(SIGPIPE);
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  close(ends[0]);
  {
    const StopSignals signals;
    for (int i = 0; i < 3; ++i) EXPECT_EQ(write(ends[1], "x", 1), -1);  // only the first failure counts
    ASSERT_TRUE(comes_to_a_stop(signals));
    EXPECT_EQ(signals.stopped()->signal, SIGPIPE);
    EXPECT_EQ(write(ends[1], "x", 1), -1);
  }  // signals that are still pending for this thread must not arrive after this line
  close(ends[1]);
}

TEST(StopSignals, SignalsThatOnlyGiveNoticeNeverKillHoweverOftenTheyCome) {
  const AtDefault usr(SIGUSR1), cpu(SIGXCPU), pipe(SIGPIPE);
  const StopSignals signals;
  for (int i = 0; i < 3; ++i) {
    for (const int signal : {SIGUSR1, SIGXCPU, SIGPIPE}) kill(getpid(), signal);
    std::this_thread::sleep_for(std::chrono::milliseconds(60));
  }
  EXPECT_TRUE(comes_to_a_stop(signals));
}

TEST(StopSignals, TheClockRequestsAStop) {
  const auto start = std::chrono::steady_clock::now();
  const StopSignals signals({}, std::chrono::seconds(1));
  ASSERT_TRUE(comes_to_a_stop(signals));
  EXPECT_GE(std::chrono::steady_clock::now() - start, std::chrono::seconds(1));
  EXPECT_EQ(signals.stopped()->signal, 0);
  EXPECT_EQ(to_string(*signals.stopped()), "--stop-after");
}

TEST(StopSignals, TheFirstIsPassedToTheCallback) {
  const AtDefault at_default(SIGUSR1);
  std::atomic<int> first = -1;
  {
    const StopSignals signals([&](const Interrupted& by) { first = by.signal; });
    kill(getpid(), SIGUSR1);
    ASSERT_TRUE(comes_to_a_stop(signals));
  }
  EXPECT_EQ(first, SIGUSR1);
}

TEST(StopSignals, IgnoredSignalsStayIgnored) {
  for (const int signal : {SIGUSR1, SIGUSR2, SIGXCPU, SIGPIPE}) {
    const AtDefault at_default(signal);
    std::signal(signal, SIG_IGN);
    const StopSignals signals;
    kill(getpid(), signal);
    std::this_thread::sleep_for(std::chrono::milliseconds(120));
    EXPECT_FALSE(signals.stopped()) << signal;
  }
}

TEST(StopSignals, TheMaskIsRestored) {
  sigset_t before;
  sigset_t after;
  pthread_sigmask(SIG_SETMASK, nullptr, &before);
  { const StopSignals signals; }
  pthread_sigmask(SIG_SETMASK, nullptr, &after);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGUSR1, SIGUSR2, SIGXCPU, SIGPIPE}) {
    EXPECT_EQ(sigismember(&before, signal), sigismember(&after, signal));
  }
}

TEST(StopSignalsDeathTest, TheSecondKills) {
  testing::FLAGS_gtest_death_test_style = "threadsafe";
  const auto wait_forever = [] {
    std::signal(SIGINT, SIG_DFL);  // a shell ignores SIGINT for background commands
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
