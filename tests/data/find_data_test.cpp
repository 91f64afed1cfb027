#include "gpu_sweep/find_data.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/data/idx_fixture.h"
#include "tests/support/environment_variable.h"

namespace gpu_sweep {
namespace {

namespace fs = std::filesystem;
using test::EnvironmentVariable;
using test::error_of;

class FindData : public testing::Test {
 protected:
  /// Creates a directory with the four files of a data set, all empty.
  fs::path make(const std::string& name, const std::string& suffix = "") {
    fs::path directory = directory_ / name;
    fs::create_directories(directory);
    for (const char* file : {"train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte",
                             "t10k-labels-idx1-ubyte"}) {
      test::write_bytes(directory / (file + suffix), {});
    }
    return directory;
  }

  test::TemporaryDirectory directory_;
  EnvironmentVariable no_variable_{"GPU_SWEEP_DATA", ""};
};

TEST_F(FindData, FlagThenVariableThenStandardPlaces) {
  const fs::path flag = make("flag"), variable = make("variable"), standard = make("standard", ".gz");
  const std::vector<fs::path> places = {directory_ / "none", standard};
  EXPECT_EQ(find_data("", places), standard);
  const EnvironmentVariable set("GPU_SWEEP_DATA", variable.string());
  EXPECT_EQ(find_data("", places), variable);
  EXPECT_EQ(find_data(flag.string(), places), flag);
}

TEST_F(FindData, AStandardPlaceThatLacksAFileIsSkipped) {
  const fs::path partial = make("partial"), whole = make("whole");
  fs::remove(partial / "t10k-images-idx3-ubyte");
  EXPECT_EQ(find_data("", {partial, whole}), whole);
}

TEST_F(FindData, ARequestedDirectoryIsNeverSkipped) {
  const fs::path standard = make("standard"), partial = make("partial");
  fs::remove(partial / "train-labels-idx1-ubyte");
  const std::string none = (directory_ / "none").string();
  EXPECT_EQ(error_of(ExitCode::kData, [&] { find_data(none, {standard}); }),
            "--data " + none +
                ": no such file or directory, expected four IDX files, a .npz archive, a folder of .npy "
                "arrays or a "
                ".csv table");
  EXPECT_EQ(error_of(ExitCode::kData, [&] { find_data(partial.string(), {standard}); }),
            "--data " + partial.string() +
                ": train-labels-idx1-ubyte (or .gz) is missing, expected four IDX files, a .npz archive, a "
                "folder of .npy arrays or a .csv table");
  const std::string file = (standard / "train-images-idx3-ubyte").string();
  const EnvironmentVariable set("GPU_SWEEP_DATA", file);
  EXPECT_EQ(error_of(ExitCode::kData, [&] { find_data("", {standard}); }),
            "GPU_SWEEP_DATA " + file +
                ": not a directory but an empty file, expected four IDX files, a .npz archive, a folder of "
                ".npy arrays or a .csv table");
}

TEST_F(FindData, NothingFoundListsThePlaces) {
  EXPECT_EQ(error_of(ExitCode::kData,
                     [] {
                       find_data("", {"/no/a", "/no/b"});
                     }),
            "no data set in /no/a, /no/b: install one with `apt-get install dataset-fashion-mnist` or name a "
            "directory with --data");
}

TEST_F(FindData, AStandardPlaceThatCannotBeReadIsNamedWithTheReason) {
  const fs::path whole = make("whole"), loop = directory_ / "loop";
  fs::create_symlink("loop", loop);
  EXPECT_EQ(find_data("", {loop, whole}), whole);
  EXPECT_THAT(error_of(ExitCode::kData,
                       [&] {
                         find_data("", {"/no/a", loop});
                       }),
              testing::StartsWith("no data set in /no/a, " + loop.string() +
                                  " (Too many levels of symbolic links): install one with "));
}

TEST_F(FindData, StandardPlacesFollowTheProgramAndHome) {
  const EnvironmentVariable home("HOME", "/home/someone");
  const fs::path tree = fs::read_symlink("/proc/self/exe").parent_path().parent_path();
  EXPECT_EQ(standard_data_directories(),
            (std::vector<fs::path>{tree / "share/gpu_sweep/datasets/fashion-mnist",
                                   "/usr/share/datasets/fashion-mnist",
                                   "/home/someone/.keras/datasets/fashion-mnist", "data/FashionMNIST/raw"}));
}

}  // namespace
}  // namespace gpu_sweep
