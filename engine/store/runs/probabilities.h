// Class probabilities of the test set, kept beside the run store if requested.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "gpu_sweep/fp16.h"
#include "gpu_sweep/run_record.h"

namespace gpu_sweep {

/// The probabilities of one run: too large for rows of runs.sqlite, which are read whole.
struct TestProbabilities {
  int classes = 0;                   ///< K
  std::vector<std::uint8_t> labels;  ///< [N test] true classes
  std::vector<Fp16> values;          ///< [N test, K]
};

/// Returns OUT/probabilities/KEY.npz for the run KEY: arrays "test" f16 [N test, K] and "labels" u8 [N test],
/// with the checksums of a zip archive.
std::filesystem::path probabilities_file(const std::filesystem::path& directory, const std::string& key);

/// Writes `run.test_probabilities`; complete and durable on return. Call it before adding the run to the
/// store, so that no stored run lacks them even if the program is killed. Throws Error(kOutput).
void save_probabilities(const std::filesystem::path& directory, const RunRecord& run,
                        std::span<const std::uint8_t> labels);

struct KeptProbabilities {
  std::optional<TestProbabilities> whole;  ///< nothing if there are none, or for one of these reasons:
  std::string damage;  ///< one line for the user with the file; empty if nothing is damaged
  std::string unread;  ///< one line with the file and why it could not be read: it may be intact
};

/// Reads the probabilities of the run `key`. A number of images other than `images` counts as damage.
KeptProbabilities find_probabilities(const std::filesystem::path& directory, const std::string& key,
                                     std::size_t images);

/// Copies the probabilities of the run `key` from `from`, unless `to` already has them intact; complete and
/// durable on return. Copies nothing if `from` has none or they are damaged, or if a file of `from` or `to`
/// cannot be read. Returns the reason in a result without `whole`. Throws Error(kOutput) if the copy cannot
/// be written.
[[nodiscard]] KeptProbabilities copy_probabilities(const std::filesystem::path& from,
                                                   const std::filesystem::path& to, const std::string& key,
                                                   std::size_t images);

/// Removes unfinished files left by a killed program. The caller must hold the directory's lock.
/// Throws Error(kOutput) if their folder is a symbolic link.
void remove_unfinished_probabilities(const std::filesystem::path& directory);

/// Returns how many bytes the probabilities of `runs` runs take on the disk at most.
std::uint64_t probabilities_bytes(std::uint64_t runs, int images, int classes);

/// Throws Error(kOutput) if the disk of `directory`, which must exist, has less than `bytes` free.
void require_space(const std::filesystem::path& directory, std::uint64_t bytes);

}  // namespace gpu_sweep
