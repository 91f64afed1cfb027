// .npz files: a zip archive of named arrays, as numpy.load reads them.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "engine/store/formats/npy.h"

namespace gpu_sweep {

inline constexpr std::uint64_t kMostNpzBytes = std::uint64_t{1}
                                               << 32;  ///< of an archive, packed or not: 4 GiB

using NpzArrays = std::map<std::string, NpyArray>;  ///< by name, without ".npy"

/// Returns every array of an archive. `name` is used in messages. Throws Error(kData) if the archive or an
/// array is damaged, encrypted or pickled, if a name leads out of the archive's folder or occurs twice, and,
/// before allocating, if the stated sizes are impossible or add up to more than `most_bytes`.
NpzArrays parse_npz(std::span<const std::uint8_t> bytes, const std::string& name,
                    std::uint64_t most_bytes = kMostNpzBytes);
NpzArrays read_npz(const std::filesystem::path& file);

/// The next two functions read archives that `write_npz` wrote. Such a file is not compressed, so it is
/// refused if it unpacks to more than its own size. read_unpacked_npz throws Error(kOutput) if the disk
/// cannot be read: the contents may be intact.
NpzArrays parse_unpacked_npz(std::span<const std::uint8_t> bytes, const std::string& name);
NpzArrays read_unpacked_npz(const std::filesystem::path& file);

/// Returns the bytes of an archive. Throws std::invalid_argument for an empty list and for a name that is
/// repeated or unusable. Equal lists give equal bytes, at any time and in any time zone.
std::vector<std::uint8_t> format_npz(const std::vector<std::pair<std::string, NpyArray>>& arrays);

/// Writes an archive atomically: `file` appears only when it is complete and on disk. Throws Error(kOutput).
void write_npz(const std::filesystem::path& file,
               const std::vector<std::pair<std::string, NpyArray>>& arrays);

}  // namespace gpu_sweep
