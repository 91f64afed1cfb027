// Class probabilities of the test set, kept beside the run store where a user asked for them.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/train/run_record.h"
#include "kernels/common/fp16.h"

namespace gpu_sweep {

/// One run's. They are too large for rows of runs.sqlite, which are read whole.
struct TestProbabilities {
  int classes = 0;                   ///< K
  std::vector<std::uint8_t> labels;  ///< [N test] true classes
  std::vector<Fp16> values;          ///< [N test, K]
};

/// OUT/probabilities/KEY.npz, KEY the run's: arrays "test" f16 [N test, K] and "labels" u8 [N test], with the
/// checksums of a zip archive.
std::filesystem::path probabilities_file(const std::filesystem::path& directory, const std::string& key);

/// Keeps `run.test_probabilities`; the file is complete and durable when this returns. A run goes into the
/// store after it, so that no run of the store lacks them, whenever the program is killed. Throws
/// Error(kOutput).
void save_probabilities(const std::filesystem::path& directory, const RunRecord& run,
                        std::span<const std::uint8_t> labels);

/// What stands under a run's key.
struct KeptProbabilities {
  std::optional<TestProbabilities> whole;  ///< nothing where the run keeps none, and where they are damaged
  std::string damage;  ///< one line for the user that names the file; empty where nothing is damaged
};

/// Those of the run of that key; they are damaged, too, where they are not of `images` images. Throws
/// Error(kOutput) where nobody can tell: the file cannot be looked for or read.
KeptProbabilities find_probabilities(const std::filesystem::path& directory, const std::string& key,
                                     std::size_t images);

/// Copies those of the run of that key from the results in `from`, unless `to` has them whole; complete and
/// durable when this returns. Copies nothing where `from` keeps none, nor where they are damaged: returns
/// KeptProbabilities::damage. Throws Error(kOutput).
[[nodiscard]] std::string copy_probabilities(const std::filesystem::path& from,
                                             const std::filesystem::path& to, const std::string& key,
                                             std::size_t images);

/// Removes what a program left that was killed while it wrote a file. Who calls it holds the directory's
/// lock.
void remove_unfinished_probabilities(const std::filesystem::path& directory);

/// Bytes that `runs` runs take on the disk, a little more than less.
std::uint64_t probabilities_bytes(std::uint64_t runs, int images, int classes);

/// Throws Error(kOutput) where the disk of `directory`, which is there, has fewer bytes left.
void require_space(const std::filesystem::path& directory, std::uint64_t bytes);

}  // namespace gpu_sweep
