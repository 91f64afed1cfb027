// Data sets that are tables: CSV files with a header line, plain or gzip.
#pragma once

#include <filesystem>

#include "engine/data/array_files.h"
#include "gpu_sweep/dataset.h"

namespace gpu_sweep {

/// Reads the table `place`, or the tables train.csv and test.csv in the folder `place`. The column named
/// settings.target contains the labels as text; every other column contains numbers. A single table is
/// divided into training and test rows as settings.test states.
/// If `classes` has names (the key class_names), these are the classes, in this order. Otherwise they are the
/// distinct labels of the single table or of train.csv, sorted as numbers if all of them are whole numbers,
/// and as text if not. Throws Error(kData) with file, line and column for a value that is missing, is not a
/// number or is out of the range of float32, with file and line for a label that is not a class, and with the
/// file for columns that differ between the tables. Throws Error(kUsage) if settings.target is not a column,
/// or if settings.test is set although there is a test.csv.
ArrayFiles open_tables(const std::filesystem::path& place, const DataSettings& settings,
                       const ClassSpec& classes);

/// Reads the text of a single table, as open_tables does for a file. Messages call the table `name`.
ArrayFiles open_table(std::string_view text, const std::string& name, const DataSettings& settings,
                      const ClassSpec& classes);

}  // namespace gpu_sweep
