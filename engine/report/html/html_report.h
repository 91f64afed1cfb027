// report.html: the results of an experiment, in one file that needs no network.
#pragma once

#include <filesystem>
#include <string>

#include "engine/report/analysis.h"

namespace gpu_sweep {

/// Returns the page. Equal runs give equal pages except for the wall time.
std::string html_report(const ReportAnalysis& analysis);

/// Name of the file in a results folder.
inline constexpr const char* kReportFile = "report.html";

/// Writes directory/report.html atomically. Throws Error(kOutput).
void write_report(const std::filesystem::path& directory, const ReportAnalysis& analysis);

}  // namespace gpu_sweep
