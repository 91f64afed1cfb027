// report.html: the results of an experiment, in one file that needs no network.
#pragma once

#include <filesystem>
#include <string>

#include "engine/report/analysis.h"
#include "engine/store/files/own_file.h"

namespace gpu_sweep {

std::string html_report(const ReportAnalysis& analysis);

inline constexpr const char* kReportFile = "report.html";

/// How to recognize a report. The mark is the end of the title. It comes after the content security policy
/// and the name of the experiment.
inline constexpr FileKind kReportKind = {"report of gpu_sweep", "<!DOCTYPE html>", " – gpu_sweep</title>",
                                         1 << 16, "another folder"};

/// Writes directory/report.html atomically. Throws Error(kOutput) if it cannot be written, and Error(kUsage)
/// if a file of another kind has this name.
void write_report(const std::filesystem::path& directory, const ReportAnalysis& analysis);

}  // namespace gpu_sweep
