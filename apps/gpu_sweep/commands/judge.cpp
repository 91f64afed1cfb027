// gpu_sweep judge: the verdict on scores of runs that were trained by any program.
#include "engine/statistics/judge/judge.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <CLI/CLI.hpp>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <span>

#include "apps/gpu_sweep/commands/command.h"
#include "apps/gpu_sweep/flags/flags.h"
#include "apps/gpu_sweep/output.h"
#include "engine/report/display_width.h"
#include "engine/report/html/judgement_page.h"
#include "engine/report/text/judgement.h"
#include "engine/store/files/atomic_file.h"
#include "engine/store/files/raw_file.h"
#include "gpu_sweep/error.h"

namespace gpu_sweep {
namespace {

struct JudgeFlags {
  std::string file;
  std::string page;
  bool higher = false;
  bool lower = false;
  bool json = false;
  std::optional<double> test_share;
  std::optional<double> smallest_difference;
  std::optional<double> max_failed;
  ScoreTableOptions table;
  std::optional<Pairing> pairing;
};

/// Parses "role=column,role=column". The name of a column may contain "=".
std::map<std::string, std::string> parse_columns(const std::string& text) {
  const std::vector<std::string> roles(kColumnRoles.begin(), kColumnRoles.end());
  std::map<std::string, std::string> columns;
  for (std::size_t start = 0; start <= text.size();) {
    const std::size_t end = std::min(text.find(',', start), text.size());
    const std::string part = text.substr(start, end - start);
    const std::size_t equals = part.find('=');
    if (equals == std::string::npos || equals + 1 == part.size())
      fail_flag("--columns", part, "role=column, such as score=metrics.acc");
    const std::string role = part.substr(0, equals);
    if (std::ranges::find(roles, role) == roles.end()) fail_name("--columns", role, roles);
    if (!columns.emplace(role, part.substr(equals + 1)).second)
      fail_flag("--columns", part, "each role once");
    start = end + 1;
  }
  return columns;
}

/// Throws Error(kData) if the file cannot be read, because for this command the file is the data.
std::string read_table(const std::string& file) {
  try {
    if (auto text = read_if_there(file)) return std::move(*text);
  } catch (const Error& error) {
    if (error.code() != ExitCode::kOutput) throw;
    throw Error(ExitCode::kData, std::string(error.what()) + ", expected a table of scores");
  }
  throw Error(ExitCode::kData, file + ": no such file, expected a table of scores");
}

void judge_file(const JudgeFlags& flags) {
  if (flags.file.empty()) {
    throw Error(ExitCode::kUsage, "no file, expected gpu_sweep judge FILE --higher or --lower");
  }
  if (flags.higher == flags.lower) {
    throw Error(ExitCode::kUsage, std::string(flags.higher ? "--higher and --lower: found both"
                                                           : "--higher or --lower: missing") +
                                      ", expected one of them to say which scores are better");
  }
  if (flags.test_share && (*flags.test_share <= 0 || *flags.test_share >= 1))
    fail_flag("--test-share", number_text(*flags.test_share), "a number between 0 and 1");
  std::error_code absent;
  if (!flags.page.empty() && std::filesystem::equivalent(flags.page, flags.file, absent))
    throw Error(ExitCode::kUsage, "--page: found the table itself, expected another file");
  if (!flags.page.empty()) {
    refuse_foreign_file(flags.page, kJudgementKind, "--page");
    check_writable(flags.page);
  }
  const std::string text = read_table(flags.file);
  const std::string shown = printable(flags.file);
  const Scores scores = read_scores(parse_csv(text, shown), shown, flags.table);
  JudgeOptions options{flags.higher, flags.pairing, flags.test_share, flags.smallest_difference};
  if (flags.max_failed) options.max_failed = *flags.max_failed;
  const Judgements judgements = judge(scores, options);
  const auto column = flags.table.columns.find("score");
  const JudgedTable table = {flags.file,
                             !flags.table.metric.empty()           ? flags.table.metric
                             : column != flags.table.columns.end() ? column->second
                                                                   : "score",
                             flags.higher};
  if (!flags.page.empty()) rewrite_file_atomically(flags.page, judgement_page(table, judgements));
  using Json = nlohmann::ordered_json;
  print_data(
      flags.json
          ? printable_json(
                judgement_json(table, judgements).dump(2, ' ', false, Json::error_handler_t::replace)) +
                "\n"
          : judgement_text(table, judgements));
}

}  // namespace

Command add_judge_command(CLI::App& program) {
  CLI::App* app =
      program.add_subcommand("judge", "Say which models differ, by scores of runs trained anywhere");
  const auto flags = std::make_shared<JudgeFlags>();
  app->add_option("file", flags->file, "table of comma-separated values with a header line")
      ->type_name("FILE");
  app->add_flag("--higher", flags->higher, "higher scores are better; this or --lower is required");
  app->add_flag("--lower", flags->lower, "lower scores are better");
  const std::span roles(kColumnRoles);
  app->add_option_function<std::string>(
         "--columns", [flags](const std::string& text) { flags->table.columns = parse_columns(text); },
         fmt::format("which columns have which role; roles: {},\n{}", fmt::join(roles.first(8), ", "),
                     fmt::join(roles.subspan(8), ", ")))
      ->type_name("ROLE=NAME,...");
  app->add_option("--metric", flags->table.metric, "the metric to judge by, of a column of metrics")
      ->type_name("NAME");
  app->add_option_function<std::string>(
         "--pairing",
         [flags](const std::string& text) {
           if (text != "seed" && text != "none") fail_name("--pairing", text, {"seed", "none"});
           flags->pairing = text == "seed" ? Pairing::kSeed : Pairing::kNone;
         },
         "compare models seed by seed, or not (default: seed if every model has the same seeds and enough)")
      ->type_name("seed|none");
  app->add_option_function<std::string>(
         "--missing",
         [flags](const std::string& text) {
           if (text != "failed" && text != "not-run") fail_name("--missing", text, {"failed", "not-run"});
           flags->table.missing = text == "failed" ? MissingScores::kFailed : MissingScores::kNotRun;
         },
         "what a missing run means: a seed that only other models have, or an empty score")
      ->type_name("failed|not-run");
  app->add_flag("--until-decided", flags->table.until_decided,
                "the number of runs followed from looks at the scores: p and intervals count a look after\n"
                "every seed; assumed if a column stopping_rule says until_decided or extended, as in the\n"
                "runs.csv of such a study");
  add_number_flag(*app, "--test-share", flags->test_share, NumberRange::kPositive,
                  "share of the rows that each random split tests on, for a column 'split'");
  add_number_flag(*app, "--smallest-difference", flags->smallest_difference, NumberRange::kPositive,
                  "smallest difference of scores that matters: models that are shown to differ by less are\n"
                  "called the same");
  add_number_flag(*app, "--max-failed", flags->max_failed, NumberRange::kFraction,
                  "a model of which a greater share of the runs failed is never the best (default 0.1)");
  add_path_flag(*app, "--page", flags->page, "FILE", "also write the verdict as a self-contained page");
  app->add_flag("--json", flags->json, "print JSON instead of the tables");
  app->footer(
      "The table has one row per run, with columns model, seed and score, or a column per model and a row "
      "per\n"
      "seed. Optional: dataset, metric, n_right and n, status, fold or split, step. NaN, infinite scores "
      "and\n"
      "the statuses FAILED and CRASHED are failed runs. With a column 'fold' or 'split', the models are\n"
      "compared by Nadeau and Bengio's corrected t-test.\n\n"
      "Example: gpu_sweep judge scores.csv --higher --columns "
      "model=params.arch,seed=params.seed,score=metrics.acc");
  return {app, [flags] { judge_file(*flags); }};
}

}  // namespace gpu_sweep
