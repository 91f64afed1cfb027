// Recognizes the kind of data set at a place, which is a path such as the argument of --data.
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
  bool is_unread = false;  ///< the fault is that a file or directory there cannot be read
};

/// Recognizes an archive or a table by its file name, and a folder by the names of the files in it. Any other
/// place is assumed to hold IDX files; if some of them are missing, the fault says which. Opens a file only
/// if its contents may explain a fault.
DataPlace look_for_data(const std::filesystem::path& place);

/// Returns the path of the table `name`.csv or `name`.csv.gz in a folder, or "" if there is none. A file that
/// cannot be looked up is returned as if it existed, because opening it will give the reason.
std::filesystem::path table_in(const std::filesystem::path& folder, const std::string& name);

}  // namespace gpu_sweep
