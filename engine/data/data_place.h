// What kind of data set a place holds.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

namespace gpu_sweep {

enum class DataKind : std::uint8_t {
  kIdx,    ///< four IDX files (data_files.h)
  kNpz,    ///< an archive of arrays
  kNpy,    ///< a folder of x_train.npy and so on
  kTable,  ///< a CSV file, or a folder of train.csv and test.csv, plain or gzip
};

struct DataPlace {
  DataKind kind = DataKind::kIdx;
  std::string fault;  ///< why there is no data set, worded to follow the place's name; empty if there is one
  bool is_unread = false;  ///< the fault is that something there cannot be read
};

/// Recognizes an archive or a table by its file name, and a folder by the file names in it. Any other place
/// is assumed to hold IDX files, and the fault says which are missing. Does not open the files.
DataPlace look_for_data(const std::filesystem::path& place);

/// Returns the table `name`.csv or `name`.csv.gz in a folder, or "" if there is none. A file that cannot be
/// looked up is returned as if it existed; opening it gives the reason.
std::filesystem::path table_in(const std::filesystem::path& folder, const std::string& name);

}  // namespace gpu_sweep
