// NumPy reads what we write, and we read what NumPy writes.
#include <gtest/gtest.h>

#include <cstdlib>

#include "engine/store/formats/npz.h"
#include "tests/data/idx_fixture.h"

namespace gpu_sweep {
namespace {

constexpr const char* kPython = "/usr/bin/python3";

TEST(NumPy, RoundTrip) {
  if (std::system((std::string(kPython) + " -c 'import numpy' 2>/dev/null").c_str()) != 0) {
    GTEST_SKIP() << "NOT TESTED: " << kPython << " has no numpy (apt-get install python3-numpy)";
  }
  const test::TemporaryDirectory directory;
  const std::vector<std::pair<std::string, NpyArray>> arrays = {
      {"dense_0/kernel", npy_array({2, 3}, std::vector<float>{0, 1, 2, 3, 4, 5})},
      {"empty", npy_array({0, 4}, std::vector<std::int32_t>{})},
      {"scalar", npy_array({}, std::vector<double>{0.1})},
      {"words", npy_array({1}, std::vector<std::uint64_t>{~std::uint64_t{0}})}};
  const std::filesystem::path ours = directory / "ours.npz";
  const std::filesystem::path stored = directory / "stored.npz";
  const std::filesystem::path deflated = directory / "deflated.npz";
  write_npz(ours, arrays);
  const std::string command = std::string(kPython) + " " + GPU_SWEEP_TEST_DIRECTORY +
                              "/numpy_round_trip.py '" + ours.string() + "' '" + stored.string() + "' '" +
                              deflated.string() + "'";
  ASSERT_EQ(std::system(command.c_str()), 0) << command;
  const NpzArrays expected(arrays.begin(), arrays.end());
  EXPECT_EQ(read_npz(stored), expected);
  EXPECT_EQ(read_npz(deflated), expected);
}

}  // namespace
}  // namespace gpu_sweep
