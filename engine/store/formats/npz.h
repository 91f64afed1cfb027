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

/// Every array of an archive. `name` stands in messages. Throws Error(kData) where the archive or an array is
/// damaged, encrypted or pickled, where a name climbs out or comes twice, and, before taking memory, where
/// sizes lie or unpack to more than `most_bytes`.
NpzArrays parse_npz(std::span<const std::uint8_t> bytes, const std::string& name,
                    std::uint64_t most_bytes = kMostNpzBytes);
NpzArrays read_npz(const std::filesystem::path& file);

/// The same for files that only `write_npz` makes, which packs nothing: they unpack to no more than they
/// have. Throws Error(kOutput) too, where the disk cannot be read: nothing is known of what is kept there
/// then.
NpzArrays parse_unpacked_npz(std::span<const std::uint8_t> bytes, const std::string& name);
NpzArrays read_unpacked_npz(const std::filesystem::path& file);

/// The bytes of an archive of at least one array, names as in the list and all different (else
/// std::invalid_argument). Equal lists give equal bytes, at any time and in any time zone.
std::vector<std::uint8_t> format_npz(const std::vector<std::pair<std::string, NpyArray>>& arrays);

/// Writes an archive under its final name only once it is complete and on disk. Throws Error(kOutput).
void write_npz(const std::filesystem::path& file,
               const std::vector<std::pair<std::string, NpyArray>>& arrays);

}  // namespace gpu_sweep
