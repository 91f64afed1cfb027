// Formats numbers for the sentences and tables of a report.
#pragma once

#include <string>

#include "engine/statistics/methods/interval.h"

namespace gpu_sweep {

std::string percent(double share, int digits = 2);            ///< 0.90321 -> "90.32 %"
std::string points(double difference, int digits = 2);        ///< 0.0042 -> "0.42"; a minus is U+2212
std::string points_range(const Interval& interval);           ///< "0.36 to 0.48"
std::string percent_range(const Interval& interval);          ///< "90.28 to 90.36 %"
std::string p_value(double p);                                ///< "p = 0.031", "p < 0.0001"
std::string p_number(double p);                               ///< p for a table: "0.031", "< 0.0001"
std::string fixed(double value, int digits);                  ///< a minus is U+2212; an en dash if not finite
std::string counted(std::size_t n, const std::string& noun);  ///< "1 run", "2 runs", "10,000 images"
std::string quoted(const std::string& name);                  ///< in typographic quotes
std::string with_thousands(long long n);                      ///< "10,000"
std::string duration_text(double seconds);                    ///< "41 s", "3 min 20 s", "2 h 05 min"

}  // namespace gpu_sweep
