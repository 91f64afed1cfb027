#include "engine/study/write_results.h"

#include "engine/report/export/summary_json.h"
#include "engine/report/html/html_report.h"

namespace gpu_sweep {

void refuse_foreign_results(const std::filesystem::path& directory) {
  refuse_foreign_file(directory / kSummaryFile, kSummaryKind);
  refuse_foreign_file(directory / kReportFile, kReportKind);
}

ReportAnalysis write_results(const std::filesystem::path& directory, const StoredExperiment& stored,
                             std::span<const RunRecord> runs, const Dataset* images, const Warn& warn,
                             const Warn& unread) {
  ReportAnalysis analysis = analyse(stored, runs, images, calibrate(directory, stored, runs, warn, unread));
  write_summary(directory, analysis);
  write_report(directory, analysis);
  return analysis;
}

}  // namespace gpu_sweep
