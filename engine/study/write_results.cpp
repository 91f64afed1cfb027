#include "engine/study/write_results.h"

#include "engine/report/export/summary_json.h"
#include "engine/report/html/html_report.h"

namespace gpu_sweep {

Calibrations write_results(const std::filesystem::path& directory, const StoredExperiment& stored,
                           const std::vector<RunRecord>& runs, const Dataset* images, const Warn& warn,
                           const Warn& unread) {
  Calibrations calibrations = calibrate(directory, stored, runs, warn, unread);
  write_summary(directory, stored, runs, calibrations);
  write_report(directory, stored, runs, images, calibrations);
  return calibrations;
}

}  // namespace gpu_sweep
