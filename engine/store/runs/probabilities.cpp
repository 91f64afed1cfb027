#include "engine/store/runs/probabilities.h"

#include <fmt/format.h>

#include "engine/store/files/atomic_file.h"
#include "engine/store/files/raw_file.h"
#include "engine/store/formats/npz.h"
#include "gpu_sweep/error.h"

namespace gpu_sweep {

namespace fs = std::filesystem;

namespace {

constexpr const char* kFolder = "probabilities";
constexpr const char* kValues = "test";
constexpr const char* kLabels = "labels";
constexpr std::uint64_t kOverhead = 4096;  // bytes per file: headers, directories and the last block

/// Returns the arrays of a file for a run with `images` images. Throws std::out_of_range if an array is
/// absent, and std::invalid_argument if one has an unexpected type or shape.
TestProbabilities read_arrays(const NpzArrays& arrays, std::size_t images) {
  const NpyArray& values = arrays.at(kValues);
  TestProbabilities found;
  found.labels = npy_values<std::uint8_t>(arrays.at(kLabels));
  found.values = npy_values<Fp16>(values);
  if (found.labels.size() != images || values.shape.size() != 2 || values.shape[0] != images ||
      values.shape[1] < 2 || values.shape[1] > 256) {
    throw std::invalid_argument(fmt::format("expected the classes of {} images", images));
  }
  found.classes = static_cast<int>(values.shape[1]);
  return found;
}

struct FileBytes {
  std::optional<std::string> bytes;  ///< nothing if there is no file, or it could not be read
  std::string unread;                ///< KeptProbabilities::unread
};

FileBytes read(const fs::path& file) {
  try {
    return {read_if_there(file, {.most_bytes = kMostNpzBytes}), {}};
  } catch (const Error& error) {
    return {{}, error.what()};
  }
}

/// Parses bytes that were read without an error: anything wrong with them is damage to the file.
KeptProbabilities parse_kept(const std::string& bytes, const fs::path& file, std::size_t images) {
  const auto damaged = [](const std::string& what) {
    return KeptProbabilities{{}, what + "; gpu_sweep run --keep-predictions makes it again", {}};
  };
  const auto* const data = reinterpret_cast<const std::uint8_t*>(bytes.data());
  try {
    return {read_arrays(parse_unpacked_npz({data, bytes.size()}, file.string()), images), {}, {}};
  } catch (const Error& error) {
    return damaged(error.what());
  } catch (const std::out_of_range&) {
    return damaged(fmt::format("{}: expected the arrays {} and {}", file.string(), kValues, kLabels));
  } catch (const std::invalid_argument& error) {
    return damaged(fmt::format("{}: {}", file.string(), error.what()));
  }
}

}  // namespace

fs::path probabilities_file(const fs::path& directory, const std::string& key) {
  return directory / kFolder / (key + ".npz");
}

namespace {

/// Makes the folder of `file`, unless it exists. Throws Error(kOutput), also for a symbolic link.
void make_folder_of(const fs::path& file) {
  refuse_link(file.parent_path());
  make_directory(file.parent_path());
}

}  // namespace

void save_probabilities(const fs::path& directory, const RunRecord& run,
                        std::span<const std::uint8_t> labels) {
  const fs::path file = probabilities_file(directory, run.key);
  make_folder_of(file);
  const std::uint64_t images = labels.size();
  write_npz(file,
            {{kValues, npy_array({images, run.test_probabilities.size() / images}, run.test_probabilities)},
             {kLabels, npy_array({images}, std::vector<std::uint8_t>(labels.begin(), labels.end()))}});
}

KeptProbabilities find_probabilities(const fs::path& directory, const std::string& key, std::size_t images) {
  const fs::path file = probabilities_file(directory, key);
  const auto [bytes, unread] = read(file);
  return bytes ? parse_kept(*bytes, file, images) : KeptProbabilities{{}, {}, unread};
}

KeptProbabilities copy_probabilities(const fs::path& from, const fs::path& to, const std::string& key,
                                     std::size_t images) {
  const fs::path original = probabilities_file(from, key), copy = probabilities_file(to, key);
  const auto [bytes, unread] = read(original);
  if (!bytes) return {{}, {}, unread};
  if (std::string damage = parse_kept(*bytes, original, images).damage; !damage.empty()) {
    return {{}, std::move(damage), {}};
  }
  KeptProbabilities there = find_probabilities(to, key, images);
  if (!there.unread.empty()) return {{}, {}, std::move(there.unread)};
  if (there.whole) return {};
  make_folder_of(copy);
  write_file_atomically(copy, *bytes);
  return {};
}

void remove_unfinished_probabilities(const fs::path& directory) {
  refuse_link(directory / kFolder);
  remove_unfinished_files(directory / kFolder,
                          [](const std::string& name) { return name.ends_with(".npz"); });
}

std::uint64_t probabilities_bytes(std::uint64_t runs, int images, int classes) {
  const auto rows = static_cast<std::uint64_t>(images);
  return runs * (rows * (sizeof(Fp16) * static_cast<std::uint64_t>(classes) + 1) + kOverhead);
}

void require_space(const fs::path& directory, std::uint64_t bytes) {
  std::error_code error;
  const fs::space_info space = fs::space(directory, error);
  if (error || space.available >= bytes) return;  // if unknown, the write itself will report a full disk
  constexpr double kMegabyte = 1e6;
  throw Error(
      ExitCode::kOutput,
      fmt::format("--keep-predictions: {} has {:.0f} MB left, expected {:.0f} MB", directory.string(),
                  static_cast<double>(space.available) / kMegabyte, static_cast<double>(bytes) / kMegabyte));
}

}  // namespace gpu_sweep
