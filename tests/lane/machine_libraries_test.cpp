#include "engine/lane/machine_libraries.h"

#include <dlfcn.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "engine/lane/library_places.h"
#include "engine/lane/open_library.h"
#include "tests/support/environment_variable.h"
#include "tests/support/temporary_directory.h"

namespace gpu_sweep {
namespace {

namespace fs = std::filesystem;
using test::EnvironmentVariable;
using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

TEST(ElfNeeds, NamesWhatTheLoaderWouldLookFor) {
  EXPECT_THAT(needed_libraries(GPU_SWEEP_NEEDS_CUDART), Contains("libcudart.so.99"));
  EXPECT_THAT(needed_libraries("/proc/self/exe"), AllOf(Contains("libc.so.6"), Contains("libstdc++.so.6")));
}

TEST(ElfNeeds, AFileThatIsNotALibraryNeedsNothing) {
  EXPECT_THAT(needed_libraries("/no/such/file"), IsEmpty());
  EXPECT_THAT(needed_libraries("/"), IsEmpty());
  EXPECT_THAT(needed_libraries("/proc/self/cmdline"), IsEmpty());
}

TEST(ElfNeeds, ATruncatedFileIsReadAsFarAsItGoes) {
  std::ifstream whole(GPU_SWEEP_NEEDS_CUDART, std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(whole), {}};
  test::TemporaryDirectory directory;
  const fs::path part = directory / "part.so";
  for (std::size_t size = 0; size < bytes.size(); size += 61) {
    std::ofstream(part, std::ios::binary) << bytes.substr(0, size);
    EXPECT_LE(needed_libraries(part).size(), needed_libraries(GPU_SWEEP_NEEDS_CUDART).size());
  }
}

/// An environment without variables that name folders of libraries. A test sets those that it needs.
class Places : public testing::Test {
 protected:
  fs::path make(const std::string& name) {
    fs::create_directories(directory_ / name);
    return directory_ / name;
  }

  static std::vector<fs::path> all(const std::vector<LibraryPlace>& places) {
    std::vector<fs::path> folders;
    for (const LibraryPlace& place : places) {
      folders.insert(folders.end(), place.folders.begin(), place.folders.end());
    }
    return folders;
  }

  test::TemporaryDirectory directory_;
  EnvironmentVariable cuda_home_{"CUDA_HOME", ""}, cuda_path_{"CUDA_PATH", ""},
      loader_{"LD_LIBRARY_PATH", ""};
  EnvironmentVariable environment_{"VIRTUAL_ENV", ""}, conda_{"CONDA_PREFIX", ""}, mpi_{"MPI_HOME", ""};
  EnvironmentVariable home_{"HOME", "/nonexistent"}, path_{"PATH", ""};
};

TEST_F(Places, TheToolkitThatIsNamedComesFirstThenTheLoadersVariable) {
  const fs::path toolkit = make("toolkit/lib64"), loader = make("loader");
  const EnvironmentVariable home("CUDA_HOME", (directory_ / "toolkit").string());
  const EnvironmentVariable variable("LD_LIBRARY_PATH",
                                     (directory_ / "missing").string() + ":" + loader.string());
  const std::vector<fs::path> folders = all(cuda_places());
  ASSERT_GE(folders.size(), 2u);
  EXPECT_EQ(folders[0], toolkit);
  EXPECT_EQ(folders[1], loader);
}

TEST_F(Places, RelativeElementsAreSkipped) {
  make("lib64");
  const fs::path before = fs::current_path();
  fs::current_path(directory_ / ".");
  const EnvironmentVariable home("CUDA_HOME", "."), environment("VIRTUAL_ENV", ".");
  for (const char* text : {":", ".", "lib64", "/usr:", "/usr;lib64", "::/usr"}) {
    const EnvironmentVariable variable("LD_LIBRARY_PATH", text);
    EXPECT_TRUE(loader_searches_working_directory()) << text;
    for (const auto& places : {cuda_places(), mpi_places()}) {
      for (const fs::path& folder : all(places)) EXPECT_TRUE(folder.is_absolute()) << folder;
    }
  }
  for (const char* text : {"", "/usr", "/usr:/lib"}) {
    const EnvironmentVariable variable("LD_LIBRARY_PATH", text);
    EXPECT_FALSE(loader_searches_working_directory()) << text;
  }
  fs::current_path(before);
}

// The libraries that the distribution installs are found even if the loader itself must not search
// (loader_searches_working_directory).
TEST_F(Places, TheSystemsFoldersComeLast) {
  const EnvironmentVariable variable("LD_LIBRARY_PATH", "/nonexistent:");
  std::vector<fs::path> expected;
  for (const char* folder : {"/usr/lib/x86_64-linux-gnu", "/usr/lib64", "/usr/lib"}) {
    if (fs::is_directory(folder)) expected.push_back(folder);
  }
  ASSERT_THAT(expected, Not(IsEmpty()));
  for (const auto& places : {cuda_places(), mpi_places()}) {
    ASSERT_THAT(places, Not(IsEmpty()));
    EXPECT_EQ(places.back().folders, expected);
  }
}

TEST_F(Places, PipsPackagesOfEveryPython) {
  const fs::path own = make("venv/lib/python3.11/site-packages/nvidia/cublas/lib");
  const fs::path user = make("home/.local/lib/python3.12/site-packages/nvidia/cu13/lib");
  const fs::path on_path = make("prefix/lib/python3.9/site-packages/nvidia/cuda_runtime/lib");
  make("prefix/bin");
  make("bin");
  std::ofstream(directory_ / "prefix/bin/python3");
  fs::create_symlink(directory_ / "prefix/bin/python3", directory_ / "bin/python3");
  const EnvironmentVariable environment("VIRTUAL_ENV", (directory_ / "venv").string());
  const EnvironmentVariable home("HOME", (directory_ / "home").string());
  const EnvironmentVariable path("PATH", "relative:" + (directory_ / "bin").string());
  EXPECT_THAT(all(cuda_places()), AllOf(Contains(own), Contains(user), Contains(on_path)));
}

TEST_F(Places, MpiIsFoundByItsLauncher) {
  const fs::path libraries = make("openmpi/lib");
  make("openmpi/bin");
  std::ofstream(directory_ / "openmpi/bin/mpirun");
  const EnvironmentVariable path("PATH", (directory_ / "openmpi/bin").string());
  EXPECT_THAT(all(mpi_places()), Contains(libraries));
}

TEST_F(Places, ThoseWithoutAFolderAreNamedToo) {
  EXPECT_THAT(
      describe(cuda_places()),
      AllOf(HasSubstr("CUDA_HOME (not set): no folder; CUDA_PATH (not set): no folder; LD_LIBRARY_PATH: "),
            HasSubstr("; /usr/local/cuda*: "), HasSubstr("; pip's packages nvidia/*/lib: ")));
}

using LoadMachineLibraries = Places;

// If one process runs both this test and the next one, they must run in this order, because loaded libraries
// stay loaded.
TEST_F(LoadMachineLibraries, NamesMissingLibrariesAndThePlacesSearched) {
  const MachineLibraries loaded = load_machine_libraries(GPU_SWEEP_NEEDS_CUDART);
  EXPECT_THAT(loaded.missing, ElementsAre("libcudart.so.99"));
  EXPECT_THAT(loaded.report, Contains(HasSubstr("looked in CUDA_HOME (not set): no folder; ")));
  EXPECT_TRUE(loaded.loader_may_look);
  const EnvironmentVariable variable("LD_LIBRARY_PATH", "/usr/lib:");
  EXPECT_FALSE(load_machine_libraries(GPU_SWEEP_NEEDS_CUDART).loader_may_look);
}

TEST_F(LoadMachineLibraries, LoadsThemFromTheFirstPlaceThatHasThem) {
  const fs::path folder = make("venv/lib/python3.11/site-packages/nvidia/cuda_runtime/lib");
  fs::copy_file(GPU_SWEEP_CUDART, folder / "libcudart.so.99");
  const fs::path broken = make("toolkit/lib64");  // skipped, and the reason is reported
  std::ofstream(broken / "libcudart.so.99") << "no library";
  const EnvironmentVariable home("CUDA_HOME", (directory_ / "toolkit").string());
  const EnvironmentVariable environment("VIRTUAL_ENV", (directory_ / "venv").string());
  const MachineLibraries loaded = load_machine_libraries(GPU_SWEEP_NEEDS_CUDART);
  EXPECT_THAT(loaded.missing, IsEmpty());
  EXPECT_THAT(loaded.report, ElementsAre(AllOf(HasSubstr("not used: "), HasSubstr(broken.string())),
                                         (folder / "libcudart.so.99").string()));
  void* handle = dlopen(GPU_SWEEP_NEEDS_CUDART, RTLD_NOW | RTLD_LOCAL);
  ASSERT_NE(handle, nullptr) << dlerror();
  const auto answer = reinterpret_cast<int (*)()>(dlsym(handle, "needs_cudart_answer"));
  ASSERT_NE(answer, nullptr);
  EXPECT_EQ(answer(), 99);
}

TEST(OpenLibrary, NamesAMissingLibrary) {
  const OpenedLibrary opened = open_library("libgpu_sweep_nonesuch.so");
  EXPECT_EQ(opened.handle, nullptr);
  EXPECT_EQ(opened.why, "this build has no libgpu_sweep_nonesuch.so");
  EXPECT_THAT(opened.report, IsEmpty());
}

}  // namespace
}  // namespace gpu_sweep
