// report.html: the results of an experiment, in one file that needs no network.
#pragma once

#include <filesystem>
#include <string>

#include "engine/report/analysis.h"
#include "engine/store/files/own_file.h"

namespace gpu_sweep {

/// Returns the page. Equal runs give equal pages except for the wall time.
std::string html_report(const ReportAnalysis& analysis);

/// Name of the file in a results folder.
inline constexpr const char* kReportFile = "report.html";

/// The title of the page ends with the mark. It follows the policy and the name of the experiment.
inline constexpr FileKind kReportKind = {"report of gpu_sweep", "<!DOCTYPE html>", " – gpu_sweep</title>",
                                         1 << 16, "another folder"};

/// Writes directory/report.html atomically. Throws Error(kOutput), and Error(kUsage) if a
/// file of another kind is there.
void write_report(const std::filesystem::path& directory, const ReportAnalysis& analysis);

}  // namespace gpu_sweep
