// Optional files that cannot be read. A command that uses such a file must still do what does not depend on
// it, name the file and the reason, and exit with 5.
#include <map>

#include "tests/end_to_end/study_fixture.h"

namespace gpu_sweep::test {
namespace {

namespace fs = std::filesystem;

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class UnreadFiles : public Study {
 protected:
  UnreadFiles() {
    EXPECT_EQ(
        gpu_sweep({"run", "study.toml", "--runs", "2", "--out", "whole", "--keep-predictions"}).exit_code, 0);
    for (const char* format : {"npz", "csv", "json"}) {
      EXPECT_EQ(command({"export", "whole", "--format", format}).exit_code, 0);
    }
    for (const std::string& name : listing()) {
      if (name.starts_with("whole/probabilities/"))
        probabilities_ = name.substr(std::string("whole/").size());
    }
  }

  Outcome command(std::vector<std::string> words) const {
    return Program(directory_.path(), std::move(words)).wait();
  }

  /// Makes results/ a copy of the complete results in which the file or folder `name` is replaced by a link
  /// to itself, so that not even root can read it.
  void make_unreadable(const std::string& name) const {
    for (const char* made : {"results", "merged", "copy", "page", "exported"}) {
      fs::remove_all(directory_ / made);
    }
    fs::copy(directory_ / "whole", directory_ / "results", fs::copy_options::recursive);
    fs::remove_all(directory_ / "results" / name);
    fs::create_symlink(fs::path(name).filename(), directory_ / "results" / name);
  }

  std::string probabilities_;  ///< the file of one run, relative to the results
};

struct Reader {
  std::vector<std::string> words;
  std::set<std::string> reads;  ///< the optional files that the command reads
  std::string done;             ///< a file that the command must nevertheless write
  std::string printed;          ///< a text that stdout must contain
};

TEST_F(UnreadFiles, CostTheirOwnPartOnly) {
  const std::string kept = probabilities_;
  const std::vector<std::string> files = {"summary.json",
                                          "report.html",
                                          kept,
                                          "snapshots",
                                          "npz/history.npz",
                                          "npz/predictions.npz",
                                          "npz",
                                          "csv/runs.csv",
                                          "csv",
                                          "json/summary.json",
                                          "json"};
  std::set<std::string> compared(files.begin(), files.end());
  compared.erase("report.html");
  const std::vector<Reader> readers = {
      {{"verify", "results"}, compared, "", "store          4 runs, the log and the ledger agree\n"},
      {{"show", "results"}, {}, "", "wide"},
      {{"show", "results", "--json"}, {kept}, "", "\"per_run\""},
      {{"report", "results", "--to", "page"}, {kept}, "page/report.html", "page/report.html\n"},
      {{"export", "results", "--format", "npz", "--to", "exported"},
       {kept},
       "exported/predictions.npz",
       "exported/predictions.npz\n"},
      {{"export", "results", "--format", "csv", "--to", "exported"}, {}, "exported/runs.csv", "runs.csv\n"},
      {{"export", "results", "--format", "json", "--to", "exported"},
       {kept},
       "exported/summary.json",
       "exported/summary.json\n"},
      {{"compare", "results", "whole"}, {}, "", "wide"},
      {{"backup", "results", "copy"}, {kept}, "copy/runs.sqlite", ""},
      {{"merge", "merged", "results"}, {kept}, "merged/report.html", "wide"},
  };
  for (const std::string& file : files) {
    for (const Reader& reader : readers) {
      make_unreadable(file);
      const Outcome outcome = command(reader.words);
      SCOPED_TRACE(testing::PrintToString(reader.words) + " without " + file + "\n" +
                   outcome.out.substr(0, 2000) + outcome.err);
      const bool is_verify = reader.words[0] == "verify";
      const bool is_read = reader.reads.contains(file);
      EXPECT_EQ(outcome.exit_code, is_read ? 5 : 0);
      EXPECT_THAT(outcome.out, HasSubstr(reader.printed));
      EXPECT_TRUE(reader.done.empty() || fs::exists(directory_ / reader.done));
      EXPECT_THAT(outcome.out, Not(HasSubstr("DAMAGED")));
      const std::string line = "cannot read results/" + file;
      if (is_read) {
        EXPECT_THAT(is_verify ? outcome.out : outcome.err,
                    AllOf(HasSubstr(line), HasSubstr("Too many levels of symbolic links\n")));
        EXPECT_THAT(outcome.err, HasSubstr(is_verify ? "error: results: 1 file could not be read, see above"
                                                     : "error: not every file could be read, see above"));
      }
      EXPECT_TRUE(fs::is_symlink(directory_ / "results" / file)) << "nothing may replace it";
    }
  }
}

}  // namespace
}  // namespace gpu_sweep::test
