// Processes that share a store's folder, and the files left when one is killed.
#include <gmock/gmock.h>

#include <chrono>
#include <random>
#include <thread>

#include "tests/store/runs/run_store_faults_fixture.h"
#include "tests/support/child_process.h"
#include "tests/support/error_of.h"
#include "tests/support/pipe.h"

namespace gpu_sweep::test {
namespace {

namespace fs = std::filesystem;

using ::testing::AllOf;
using ::testing::HasSubstr;

TEST_F(RunStoreFaults, ASecondProcessIsToldWhoHoldsTheDirectory) {
  Pipe pipe;
  ChildProcess holder([&] {
    RunStore store = continued();
    store.add(runs[0]);
    pipe.write(1);
    for (;;) ::pause();
    return 0;
  });
  ASSERT_EQ(pipe.read(), 1);
  EXPECT_THAT(error_of(ExitCode::kBusy, [this] { continued(); }),
              AllOf(HasSubstr(out.string() + " is in use by"),
                    HasSubstr("process " + std::to_string(holder.pid()) + " on ")));
  EXPECT_EQ(RunStore::open(out).runs().size(), 1u) << "reading needs no lock";
  holder.kill();
  EXPECT_TRUE(continued().contains(runs[0].key)) << "a dead process holds nothing";
}

// After a kill at any moment, the store has every run for which `add` returned, and the others can be added.
TEST_F(RunStoreFaults, AKilledProcessLosesNothingThatItReported_Seed4) {
  experiment.runs = 12;
  runs = sample_runs(experiment, 3000);
  std::mt19937 random(4);
  std::size_t cut_short = 0;
  for (int trial = 0; trial < 12; ++trial) {
    SCOPED_TRACE("trial " + std::to_string(trial));
    fs::remove_all(out);
    Pipe pipe;
    ChildProcess writer([&] {
      RunStore store = continued();
      for (std::size_t i = 0; i < runs.size(); ++i) {
        store.add(runs[i]);
        pipe.write(static_cast<unsigned char>(i));
      }
      return 0;
    });
    pipe.close_writer();
    // Finished runs, not seconds, determine the moment of the kill; otherwise, on a fast disk, every writer
    // could finish first.
    std::size_t reported = 0;
    for (std::size_t awaited = random() % (runs.size() - 1); reported < awaited && pipe.read() >= 0;)
      ++reported;
    std::this_thread::sleep_for(std::chrono::microseconds(random() % 2'000));
    writer.kill();
    while (pipe.read() >= 0) ++reported;
    if (reported < runs.size()) ++cut_short;

    RunStore store = continued();
    EXPECT_TRUE(store.damaged().empty());
    for (std::size_t i = 0; i < reported; ++i) EXPECT_TRUE(store.contains(runs[i].key)) << i;
    for (const RunRecord& run : runs) store.add(run);
    expect_complete(store);
  }
  EXPECT_GT(cut_short, 0u) << "no kill came in time";
}

}  // namespace
}  // namespace gpu_sweep::test
