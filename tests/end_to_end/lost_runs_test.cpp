// Runs that were finished and are lost: every command names them, shows what is there and exits with 8.
#include <algorithm>

#include "tests/end_to_end/intact_results_fixture.h"

namespace gpu_sweep::test {
namespace {

namespace fs = std::filesystem;

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class LostRuns : public IntactResults {
 protected:
  std::size_t lines_of(const std::string& name) const {
    const std::string text = read(name);
    return static_cast<std::size_t>(std::ranges::count(text, '\n'));
  }
};

TEST_F(LostRuns, ALedgerNamesWhatACutLogTook) {
  gpu_sweep({"run", "study.toml", "--out", "results", "--runs", "2"});
  const std::string old_store = read("results/runs.sqlite");
  gpu_sweep({"run", "study.toml", "--out", "results"});
  write("results/runs.sqlite", old_store);  // as if the log that held the rest had been cut off
  for (const std::vector<std::string>& words : {std::vector<std::string>{"show", "results"},
                                                {"export", "results", "--format", "csv"},
                                                {"report", "results"},
                                                {"compare", "results", "results"},
                                                {"verify", "results"}}) {
    const Outcome outcome = command(words);
    EXPECT_EQ(outcome.exit_code, 8) << words[0] << outcome.err;
    EXPECT_NE(outcome.out, "") << words[0] << ": what is there is shown";
    EXPECT_THAT(outcome.out + outcome.err,
                AllOf(HasSubstr("'wide': seed 7: finished"), HasSubstr("'deep': seed 7: finished")))
        << words[0];
  }
  const Outcome again = gpu_sweep({"run", "study.toml", "--out", "results"});
  EXPECT_EQ(again.exit_code, 0);
  EXPECT_THAT(again.err, AllOf(HasSubstr("'deep': seed 7"), HasSubstr("training 2")));
  gpu_sweep({"run", "study.toml", "--out", "calm"});
  EXPECT_EQ(figures_text("results"), figures_text("calm"));
  EXPECT_THAT(command({"verify", "results"}).out, HasSubstr("runs.csv is not what these runs give"));
  command({"export", "results", "--format", "csv"});
  EXPECT_EQ(command({"verify", "results"}).exit_code, 0);
}

TEST_F(LostRuns, ADamagedRunKeepsNobodyFromTheOthers) {
  gpu_sweep({"run", "study.toml", "--out", "results"});
  const std::string summary = figures_text("results");
  change("results", "UPDATE runs SET final = zeroblob(48) WHERE model = 'deep' AND seed = 6");
  change("results", "UPDATE runs SET seed = 70 WHERE model = 'wide' AND seed = 7");
  for (const std::vector<std::string>& words : {std::vector<std::string>{"show", "results"},
                                                {"export", "results", "--format", "csv"},
                                                {"report", "results"},
                                                {"compare", "results", "results"},
                                                {"verify", "results"}}) {
    const Outcome outcome = command(words);
    EXPECT_EQ(outcome.exit_code, 8) << words[0] << outcome.err;
    EXPECT_NE(outcome.out, "") << words[0] << ": what is there is shown";
    EXPECT_THAT(outcome.out + outcome.err,
                AllOf(HasSubstr("run of \"deep\", seed 6"), HasSubstr("run of \"wide\", seed 70"),
                      HasSubstr("'wide': seed 7: finished"), Not(HasSubstr("'deep': seed"))))
        << words[0];
  }
  EXPECT_EQ(shown(command({"show", "results", "--json"})), 4u);
  EXPECT_EQ(lines_of("results/csv/runs.csv"), 1u + 4u) << "a header, and a line a run";
  EXPECT_EQ(command({"show", "--settings", "results"}).exit_code, 0);
  const Outcome again = gpu_sweep({"run", "study.toml", "--out", "results"});
  EXPECT_EQ(again.exit_code, 0);
  EXPECT_THAT(again.err, HasSubstr("training 2"));
  EXPECT_EQ(figures_text("results"), summary);
}

}  // namespace
}  // namespace gpu_sweep::test
